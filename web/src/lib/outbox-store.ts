import { done, openDatabase, result } from './indexed-db'
import type { Confirmed, Outgoing, OutboxNews } from './outbox'

/** Where an outbox keeps what is unsent, for all tabs of a browser. */
export interface OutboxStore {
  /** What this person left unsent, in the order of writing; undefined when it cannot be read here. */
  load(userId: string): Promise<Outgoing[] | undefined>
  /** Keeps some and forgets others, both or neither, and tells the other tabs. False when it cannot be kept here. */
  save(userId: string, put: readonly Outgoing[], gone: readonly string[], confirmed?: Confirmed): Promise<boolean>
  /** Hears what other tabs did. */
  onNews(listener: (news: OutboxNews) => void): void
}

interface Row {
  id: string
  userId: string
  entry: Outgoing
  /** Earlier versions of the app kept it here, and knew nothing but creating. */
  order?: number
}

const DATABASE = 'renexus.outbox'
const TABLE = 'entries'

/** The browser's own database: it survives the closing of the page and takes more than the other storages. */
export class IndexedDbOutboxStore implements OutboxStore {
  readonly #channel: BroadcastChannel | undefined =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(DATABASE)
  readonly #database = openDatabase(DATABASE, 1, (database) => database.createObjectStore(TABLE, { keyPath: 'id' }))

  async load(userId: string): Promise<Outgoing[] | undefined> {
    try {
      const database = await this.#database.open()
      const rows = await result(database.transaction(TABLE).objectStore(TABLE).getAll() as IDBRequest<Row[]>)
      return rows
        .filter((row) => row.userId === userId)
        .map(({ entry, order = 0 }): Outgoing => ({ ...{ op: 'create' as const, order }, ...entry }))
        .sort((one, other) => one.order - other.order)
    } catch {
      return undefined
    }
  }

  async save(
    userId: string,
    put: readonly Outgoing[],
    gone: readonly string[],
    confirmed?: Confirmed,
  ): Promise<boolean> {
    const news: OutboxNews = { userId, put, gone, ...(confirmed && { confirmed }) }
    try {
      const database = await this.#database.open()
      const transaction = database.transaction(TABLE, 'readwrite')
      const table = transaction.objectStore(TABLE)
      for (const id of gone) table.delete(id)
      for (const entry of put) table.put({ id: entry.id, userId, entry } satisfies Row)
      await done(transaction)
      return true
    } catch {
      return false
    } finally {
      this.#channel?.postMessage(news)
    }
  }

  onNews(listener: (news: OutboxNews) => void): void {
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<OutboxNews>) => listener(data)
  }
}
