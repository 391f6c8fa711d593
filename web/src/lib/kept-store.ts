import { done, openDatabase, result } from './indexed-db'

/** Something that was read, to be shown again without a network. */
export interface Kept {
  queryKey: readonly unknown[]
  data: unknown
  at: number
}

interface Row extends Kept {
  key: string
  userId: string
}

const TABLE = 'answers'
/** So much is kept; what was read longest ago goes first. */
const MOST = 200

/** What the server said last, by person: the app opens with it where no network is (SY-5). */
export class KeptStore {
  readonly #database = openDatabase('renexus.kept', 1, (database) =>
    database.createObjectStore(TABLE, { keyPath: 'key' }),
  )

  /** What this person read last. What others of this browser read is taken away. */
  async load(userId: string): Promise<Kept[]> {
    try {
      const database = await this.#database.open()
      const table = database.transaction(TABLE, 'readwrite').objectStore(TABLE)
      const rows = await result(table.getAll() as IDBRequest<Row[]>)
      for (const row of rows) if (row.userId !== userId) table.delete(row.key)
      return rows.filter((row) => row.userId === userId)
    } catch {
      return []
    }
  }

  async save(userId: string, some: readonly Kept[]): Promise<void> {
    try {
      const database = await this.#database.open()
      const transaction = database.transaction(TABLE, 'readwrite')
      const table = transaction.objectStore(TABLE)
      for (const kept of some)
        table.put({ ...kept, userId, key: `${userId} ${JSON.stringify(kept.queryKey)}` } satisfies Row)
      const count = await result(table.count())
      if (count > MOST) {
        const rows = await result(table.getAll() as IDBRequest<Row[]>)
        for (const { key } of rows.sort((one, other) => one.at - other.at).slice(0, count - MOST)) table.delete(key)
      }
      await done(transaction)
    } catch {
      // Nothing is kept here: then the app needs the network.
    }
  }
}
