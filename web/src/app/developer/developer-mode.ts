const KEY = 'renexus.developer'

/**
 * Whether the developer panel was asked for (UI-5): always while developing, else by `?dev` in the address, which
 * holds for the tab.
 */
export function isDeveloper(): boolean {
  if (import.meta.env.DEV) return true
  try {
    const asked = new URLSearchParams(location.search).get('dev')
    if (asked !== null) sessionStorage.setItem(KEY, asked === 'off' ? 'off' : 'on')
    return sessionStorage.getItem(KEY) === 'on'
  } catch {
    return false
  }
}
