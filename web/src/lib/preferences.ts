import { Store } from './store'
import { chooseTheme, theme, type Theme } from './theme'

/** How a person likes to work. Kept on the server, and on this device so that the first paint knows them (OR-3). */
export interface Preferences {
  theme: Theme
  density: 'comfortable' | 'compact'
  /** A language tag for dates and numbers; empty for the browser's. */
  locale: string
  /** An IANA name; empty for the device's. */
  timeZone: string
  weekStart: 'locale' | 'monday' | 'sunday' | 'saturday'
  /** Whether Enter sends a message; else Ctrl+Enter does, and Enter begins a line. */
  enterSends: boolean
}

const KEY = 'renexus.preferences'

const choices = {
  theme: ['system', 'light', 'dark'],
  density: ['comfortable', 'compact'],
  weekStart: ['locale', 'monday', 'sunday', 'saturday'],
} as const

/** Takes what it understands of what was stored; another version of the app may have written it. */
export function readPreferences(stored: Readonly<Record<string, unknown>>): Preferences {
  const oneOf = <T extends string>(name: string, [fallback, ...known]: readonly [T, ...T[]]): T =>
    known.find((choice) => choice === stored[name]) ?? fallback
  return {
    theme: oneOf('theme', choices.theme),
    density: oneOf('density', choices.density),
    weekStart: oneOf('weekStart', choices.weekStart),
    locale: usable(stored.locale, (locale) => new Intl.Locale(locale)),
    timeZone: usable(stored.timeZone, (timeZone) => new Intl.DateTimeFormat('en', { timeZone })),
    enterSends: stored.enterSends !== false,
  }
}

/** What this browser does not know is left to it, instead of breaking every date on the screen. */
function usable(value: unknown, check: (value: string) => unknown): string {
  if (typeof value !== 'string' || value === '') return ''
  try {
    check(value)
    return value
  } catch {
    return ''
  }
}

function onDevice(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    // The theme of this device may have been chosen before anybody signed in.
    return { ...readPreferences(stored as Record<string, unknown>), theme: theme.get() }
  } catch {
    return { ...readPreferences({}), theme: theme.get() }
  }
}

export const preferences = new Store<Preferences>(onDevice())

/** Makes them count on this device: at once, and at the next start before anything is loaded. */
export function applyPreferences(stored: Readonly<Record<string, unknown>>): void {
  // Who has never chosen keeps what this device shows.
  const chosen = readPreferences({ theme: theme.get(), ...stored })
  preferences.set(chosen)
  chooseTheme(chosen.theme)
  showDensity(chosen.density)
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen))
    localStorage.setItem('renexus.density', chosen.density)
  } catch {
    // The storage is blocked: they hold until the page is closed.
  }
}

function showDensity(density: Preferences['density']): void {
  if (density === 'comfortable') delete document.documentElement.dataset.density
  else document.documentElement.dataset.density = density
}
