import { useEffect } from 'react'

/** A style sheet that is there while somebody needs it; the first one's styles hold until the last has gone. */
function sharedSheet() {
  let users = 0
  let sheet: CSSStyleSheet | undefined
  return {
    add(styles: string) {
      users++
      if (sheet) return
      sheet = new CSSStyleSheet()
      sheet.replaceSync(styles)
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    },
    remove() {
      users--
      if (users > 0) return
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((known) => known !== sheet)
      sheet = undefined
    },
  }
}

/**
 * Stands in for the package react-style-singleton (vite.config.ts), by which the dialogs' scroll lock brings its styles. The package puts them into
 * the page as a style element, which our content security policy refuses; a sheet made by script is none.
 */
export function styleSingleton() {
  const sheet = sharedSheet()
  return function Styles({ styles }: { styles: string }) {
    useEffect(() => {
      sheet.add(styles)
      return () => sheet.remove()
    }, [styles])
    return null
  }
}
