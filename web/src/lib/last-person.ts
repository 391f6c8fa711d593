/** Who was signed in here last: without a network the app opens as theirs. */

const KEY = 'renexus.person'

export const lastPerson = {
  get(): string | undefined {
    try {
      return localStorage.getItem(KEY) ?? undefined
    } catch {
      return undefined
    }
  },
  set(id: string | undefined): void {
    try {
      if (id === undefined) localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, id)
    } catch {
      // Storage is blocked: the app needs the network to open.
    }
  },
}
