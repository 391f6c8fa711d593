import type { Outgoing } from './outbox'

/** Where an outbox keeps what is unsent. Keeping never throws: a browser without storage has the page's memory alone. */
export interface OutboxStore {
  /** Takes over what this person left unsent in pages that are closed, in the order of writing. */
  load(userId: string): Promise<Outgoing[]>
  /** Keeps exactly these entries of this page. */
  save(userId: string, entries: readonly Outgoing[]): void
}

interface Row {
  id: string
  userId: string
  /** The page that sends it. */
  page: string
  /** Rows in this order are in the order of writing. */
  order: number
  entry: Outgoing
}

const DATABASE = 'renexus.outbox'
const TABLE = 'entries'

const lockOf = (page: string) => `${DATABASE}.${page}`

/**
 * The browser's own database: it survives the closing of the page and takes more than the other storages. Several
 * pages share it; each holds a lock as long as it lives, so that the next one to open knows what nobody sends any more.
 */
export class IndexedDbOutboxStore implements OutboxStore {
  readonly #page = crypto.getRandomValues(new Uint32Array(2)).join('-')
  readonly #kept = new Map<string, Outgoing>()
  #database: Promise<IDBDatabase> | undefined
  #order = 0
  #isLocked = false

  async load(userId: string): Promise<Outgoing[]> {
    try {
      await this.#live()
      const living = await livingPages()
      const database = await this.#open()
      const rows = await result(database.transaction(TABLE).objectStore(TABLE).getAll() as IDBRequest<Row[]>)
      const left = rows
        .filter((row) => row.userId === userId && (row.page === this.#page || !living.has(row.page)))
        .sort((one, other) => one.order - other.order)
        .map((row) => row.entry)
      // From now on they are this page's. A second page that finds them in the same moment does no harm:
      // under its id the server takes each of them once.
      this.#kept.clear()
      this.save(userId, left)
      return left
    } catch {
      return []
    }
  }

  save(userId: string, entries: readonly Outgoing[]): void {
    const ids = new Set(entries.map((entry) => entry.id))
    const gone = [...this.#kept.keys()].filter((id) => !ids.has(id))
    const changed = entries.filter((entry) => this.#kept.get(entry.id) !== entry)
    for (const id of gone) this.#kept.delete(id)
    for (const entry of changed) this.#kept.set(entry.id, entry)
    if (gone.length === 0 && changed.length === 0) return

    const rows = changed.map((entry): Row => ({
      id: entry.id,
      userId,
      page: this.#page,
      order: this.#next(),
      entry,
    }))
    void this.#write(rows, gone).catch(() => undefined)
  }

  async #write(rows: readonly Row[], gone: readonly string[]): Promise<void> {
    const database = await this.#open()
    const table = database.transaction(TABLE, 'readwrite').objectStore(TABLE)
    for (const id of gone) table.delete(id)
    for (const row of rows) table.put(row)
  }

  /** Rises over pages and reloads, and within a millisecond. */
  #next(): number {
    this.#order = Math.max(this.#order + 1, Date.now() * 1000)
    return this.#order
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: 'id' })
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(new Error('The outbox cannot be opened.', { cause: request.error }))
    })
    return this.#database
  }

  /** Takes the lock that says that this page is there; it ends with the page, however that ends. */
  async #live(): Promise<void> {
    if (this.#isLocked || !('locks' in navigator)) return
    this.#isLocked = true
    await new Promise<void>((locked, failed) => {
      navigator.locks
        .request(lockOf(this.#page), () => {
          locked()
          return new Promise<never>(() => undefined)
        })
        .catch((error: unknown) => failed(error instanceof Error ? error : new Error(String(error))))
    })
  }
}

/** Pages without https have no locks: then none is known to live, and what others send is sent twice and taken once. */
async function livingPages(): Promise<Set<string>> {
  if (!('locks' in navigator)) return new Set()
  const { held = [] } = await navigator.locks.query()
  const start = lockOf('').length
  return new Set(held.flatMap(({ name }) => (name?.startsWith(lockOf('')) === true ? [name.slice(start)] : [])))
}

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(new Error('The outbox cannot be read.', { cause: request.error }))
  })
