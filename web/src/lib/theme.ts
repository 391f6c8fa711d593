import { Store } from './store'

/** The system's theme, or the one chosen on this device; public/theme.js applies it before the first paint. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'renexus.theme'

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

export const theme = new Store<Theme>(stored())

export function chooseTheme(chosen: Theme): void {
  theme.set(chosen)
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
  try {
    if (chosen === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, chosen)
  } catch {
    // The storage is blocked: the choice holds until the page is closed.
  }
}
