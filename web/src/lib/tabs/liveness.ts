import { browserLocks } from './leadership'

/** This tab among those of its browser: each holds a lock as long as it lives, however that ends. */

const PREFIX = 'renexus.tab.'

export const tabId = crypto.getRandomValues(new Uint32Array(2)).join('-')

let held: Promise<void> | undefined

/** Lets the others know that this tab lives. Without locks nobody does, and each acts for itself. */
export function live(locks = browserLocks()): Promise<void> {
  held ??= new Promise((done) => {
    if (!locks) return done()
    locks
      .request(PREFIX + tabId, () => {
        done()
        return new Promise<never>(() => undefined)
      })
      .catch(done)
  })
  return held
}

/** Whether there is another tab of this app in this browser. */
export async function hasOthers(locks = browserLocks()): Promise<boolean> {
  if (!locks) return false
  const { held: all = [] } = await locks.query()
  return all.some(({ name }) => name?.startsWith(PREFIX) === true && name !== PREFIX + tabId)
}

/** Resolves when that tab is gone. */
export async function gone(tab: string, locks = browserLocks()): Promise<void> {
  if (!locks) return new Promise(() => undefined)
  await locks.request(PREFIX + tab, () => undefined)
}

/** Whether that tab lives, as far as this browser can tell: without locks nobody knows. */
export async function isAlive(tab: string, locks = browserLocks()): Promise<boolean | undefined> {
  if (!locks) return undefined
  const { held: all = [] } = await locks.query()
  return all.some(({ name }) => name === PREFIX + tab)
}
