import { done, openDatabase, result } from '@/lib/indexed-db'
import type { TextUpdate } from '@/lib/realtime/protocol'

/** A step of a document that the server has not confirmed, as it is kept. */
export interface KeptStep extends TextUpdate {
  isSent: boolean
  count: number
}

/** A document as one editor of this device has it. */
export interface KeptReplica {
  id: string
  userId: string
  itemId: string
  /** Which tab has it; empty when it was put down. */
  tab: string
  at: number
  /** The document's version that the unconfirmed steps are made on, and the item's version that it belongs to. */
  document: number
  revision: number
  unconfirmed: readonly KeptStep[]
  /** What leads from the kept text to that version. */
  since: readonly unknown[]
}

export interface KeptDocument {
  replica: KeptReplica
  /** The text before `since`. */
  body: string
}

/** How much of a document waits here; what one tab tells the others of its browser. */
export interface WaitingNews {
  userId: string
  id: string
  itemId: string
  count: number
}

/** Where documents are kept, for all tabs of a browser. */
export interface DocumentStore {
  /** What this person has here; what others of this browser had is taken away. Undefined when nothing can be read. */
  all(userId: string): Promise<KeptReplica[] | undefined>
  /** Hands one to another tab, when it is still with the one that it was with. */
  take(replica: KeptReplica, tab: string): Promise<KeptDocument | undefined>
  /**
   * Keeps one that this tab has, its text where it is given, and leaves it to the tab named last. `taken` when another one
   * has it by now, `refused` when nothing can be kept here.
   */
  save(replica: KeptReplica, body?: string, next?: string): Promise<'kept' | 'taken' | 'refused'>
  /** Forgets one that this tab has. */
  forget(replica: KeptReplica): Promise<void>
  /** Hears what waits, also in other tabs. */
  onNews(listener: (news: WaitingNews) => void): void
}

export const countOf = ({ unconfirmed }: KeptReplica): number => unconfirmed.reduce((sum, { count }) => sum + count, 0)

const DATABASE = 'renexus.documents'
const REPLICAS = 'replicas'
const TEXTS = 'texts'
/** So many documents can be read without a network; those read longest ago go first. What waits stays. */
const MOST = 50

/** The browser's own database. One transaction decides whose a document is, however many tabs want it. */
export class IndexedDbDocumentStore implements DocumentStore {
  readonly #listeners = new Set<(news: WaitingNews) => void>()
  readonly #channel: BroadcastChannel | undefined =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(DATABASE)
  readonly #database: ReturnType<typeof openDatabase>

  constructor(name = DATABASE) {
    this.#database = openDatabase(name, 1, (database) => {
      database.createObjectStore(REPLICAS, { keyPath: 'id' })
      database.createObjectStore(TEXTS, { keyPath: 'id' })
    })
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<WaitingNews>) => this.#tell(data)
  }

  async all(userId: string): Promise<KeptReplica[] | undefined> {
    try {
      const { transaction, replicas, texts } = await this.#open()
      const rows = await result(replicas.getAll() as IDBRequest<KeptReplica[]>)
      const own = rows.filter((row) => row.userId === userId)
      const old = own
        .filter(({ unconfirmed, tab }) => unconfirmed.length === 0 && tab === '')
        .sort((one, other) => other.at - one.at)
        .slice(MOST)
      for (const { id } of [...rows.filter((row) => row.userId !== userId), ...old]) {
        replicas.delete(id)
        texts.delete(id)
      }
      await done(transaction)
      return own.filter((row) => !old.includes(row))
    } catch {
      return undefined
    }
  }

  async take({ id, tab: before }: KeptReplica, tab: string): Promise<KeptDocument | undefined> {
    try {
      const { transaction, replicas, texts } = await this.#open()
      const row = await result(replicas.get(id) as IDBRequest<KeptReplica | undefined>)
      const text = await result(texts.get(id) as IDBRequest<{ body: string } | undefined>)
      if (row?.tab !== before || !text) return undefined
      const replica = { ...row, tab }
      replicas.put(replica)
      await done(transaction)
      return { replica, body: text.body }
    } catch {
      return undefined
    }
  }

  async save(replica: KeptReplica, body?: string, next = replica.tab): Promise<'kept' | 'taken' | 'refused'> {
    const { id, userId, itemId, tab } = replica
    try {
      const { transaction, replicas, texts } = await this.#open()
      const row = await result(replicas.get(id) as IDBRequest<KeptReplica | undefined>)
      // One that is gone was taken and brought to the server; a new one brings its text.
      if (row ? row.tab !== tab : body === undefined) return 'taken'
      replicas.put({ ...replica, tab: next })
      if (body !== undefined) texts.put({ id, body })
      await done(transaction)
      const count = countOf(replica)
      if (count !== (row ? countOf(row) : 0)) this.#announce({ userId, id, itemId, count })
      return 'kept'
    } catch {
      return 'refused'
    }
  }

  async forget({ id, userId, itemId, tab }: KeptReplica): Promise<void> {
    try {
      const { transaction, replicas, texts } = await this.#open()
      const row = await result(replicas.get(id) as IDBRequest<KeptReplica | undefined>)
      if (row?.tab !== tab) return
      replicas.delete(id)
      texts.delete(id)
      await done(transaction)
      this.#announce({ userId, id, itemId, count: 0 })
    } catch {
      // It is found again at the next start.
    }
  }

  onNews(listener: (news: WaitingNews) => void): void {
    this.#listeners.add(listener)
  }

  async #open() {
    const transaction = (await this.#database.open()).transaction([REPLICAS, TEXTS], 'readwrite')
    return { transaction, replicas: transaction.objectStore(REPLICAS), texts: transaction.objectStore(TEXTS) }
  }

  #announce(news: WaitingNews): void {
    this.#channel?.postMessage(news)
    this.#tell(news)
  }

  #tell(news: WaitingNews): void {
    for (const listener of this.#listeners) listener(news)
  }
}
