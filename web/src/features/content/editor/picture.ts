import { WidgetType, type EditorView } from '@codemirror/view'

/** Says where a picture can be loaded from now; asked again when that has ended. */
export type PictureAddress = (isAgain: boolean) => Promise<string>

/** A picture where the text names it. What it is loaded from is asked for when it comes on screen. */
export class Picture extends WidgetType {
  readonly source: string
  readonly alt: string
  readonly address: PictureAddress

  constructor(source: string, alt: string, address: PictureAddress) {
    super()
    this.source = source
    this.alt = alt
    this.address = address
  }

  override eq(other: Picture): boolean {
    return other.source === this.source && other.alt === this.alt
  }

  toDOM(view: EditorView): HTMLElement {
    const frame = document.createElement('span')
    frame.className = 'cm-picture'
    void this.#show(frame, view, false)
    return frame
  }

  async #show(frame: HTMLElement, view: EditorView, isAgain: boolean): Promise<void> {
    try {
      const image = document.createElement('img')
      image.alt = this.alt
      image.onload = () => view.requestMeasure()
      image.onerror = () => (isAgain ? this.#fail(frame, view) : void this.#show(frame, view, true))
      image.src = await this.address(isAgain)
      frame.replaceChildren(image)
    } catch {
      this.#fail(frame, view)
    }
  }

  #fail(frame: HTMLElement, view: EditorView): void {
    const words = document.createElement('span')
    words.className = 'cm-picture-missing'
    words.textContent = this.alt === '' ? 'A picture that cannot be shown' : `${this.alt} (cannot be shown)`
    frame.replaceChildren(words)
    view.requestMeasure()
  }

  override ignoreEvent(): boolean {
    return false
  }
}
