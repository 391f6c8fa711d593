/**
 * What a screen looks like and a reload should keep: an open panel, a filter, a folded group (UI-2). It belongs to
 * this tab alone and is never synchronized.
 */
const PREFIX = 'renexus.screen.'

/** What was kept under this name, if it still is of the kind that the screen expects. */
export function kept<T>(name: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null')
    return isValid(value) ? value : initial
  } catch {
    return initial
  }
}

export function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // The storage is full or blocked: it holds until the page is closed.
  }
}
