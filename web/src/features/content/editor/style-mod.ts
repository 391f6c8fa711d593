import { StyleModule as Original } from 'style-mod-original'

/** What the package needs of a root to bring its styles as a sheet. */
interface Adopter {
  ownerDocument: Document
  adoptedStyleSheets: CSSStyleSheet[]
}

const adopters = new WeakMap<Document, Adopter>()

function adopterOf(root: Document): Adopter {
  let adopter = adopters.get(root)
  if (!adopter)
    adopters.set(
      root,
      (adopter = {
        ownerDocument: root,
        get adoptedStyleSheets() {
          return [...root.adoptedStyleSheets]
        },
        set adoptedStyleSheets(sheets) {
          root.adoptedStyleSheets = sheets
        },
      }),
    )
  return adopter
}

/**
 * Stands in for the package style-mod (vite.config.ts), by which CodeMirror brings its styles. In a page the package makes a style
 * element, which our content security policy refuses; in a shadow root it makes a sheet, so it is shown the page as if it were one.
 */
export class StyleModule extends Original {
  static override mount(
    root: Document | ShadowRoot | DocumentOrShadowRoot,
    modules: Original | readonly Original[],
    options?: { nonce?: string },
  ): void {
    const target = root instanceof Document ? (adopterOf(root) as unknown as ShadowRoot) : root
    Original.mount(target, modules, options)
  }
}
