/** The browser's database, by promises. */

interface Opening {
  open(): Promise<IDBDatabase>
}

/** Opens it when it is first asked for, and again after it was deleted under us (somebody signed out). */
export function openDatabase(name: string, version: number, upgrade: (database: IDBDatabase) => void): Opening {
  let opened: Promise<IDBDatabase> | undefined
  const open = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, version)
      request.onupgradeneeded = () => upgrade(request.result)
      request.onsuccess = () => {
        const database = request.result
        const forget = () => (opened = undefined)
        database.onversionchange = () => {
          database.close()
          forget()
        }
        database.onclose = forget
        resolve(database)
      }
      request.onerror = () => reject(new Error(`${name} cannot be opened.`, { cause: request.error }))
    })
  return {
    open: () => {
      opened ??= open()
      opened.catch(() => (opened = undefined))
      return opened
    },
  }
}

export const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('The database cannot be read.', { cause: request.error }))
  })

/** Resolves when what was written is kept. */
export const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = () => reject(new Error('The database cannot be written.', { cause: transaction.error }))
    transaction.oncomplete = () => resolve()
    transaction.onabort = fail
    transaction.onerror = fail
  })
