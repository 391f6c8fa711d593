/** The workspace this device was in last: where the address without a path leads. */

const KEY = 'renexus.workspace'

export const lastWorkspace = {
  get(): string | null {
    try {
      return localStorage.getItem(KEY)
    } catch {
      return null
    }
  },
  set(id: string): void {
    try {
      localStorage.setItem(KEY, id)
    } catch {
      // Storage is blocked: the first workspace will do.
    }
  },
}
