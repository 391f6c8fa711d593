import { countOf, type DocumentStore, type KeptReplica, type WaitingNews } from '@/lib/documents/document-store'

/** What all tabs of one browser keep. */
export class MemoryDocuments {
  readonly rows = new Map<string, { replica: KeptReplica; body: string }>()
  readonly listeners = new Set<(news: WaitingNews) => void>()
}

/** One tab's way to it; what is on its way when the tab ends is not kept. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #all: MemoryDocuments
  readonly #delay: () => number
  isEnded = false

  constructor(all: MemoryDocuments, delay: () => number = () => 0) {
    this.#all = all
    this.#delay = delay
  }

  async all(userId: string): Promise<KeptReplica[]> {
    await this.#wait()
    return [...this.#all.rows.values()].flatMap(({ replica }) =>
      replica.userId === userId ? [structuredClone(replica)] : [],
    )
  }

  async take({ id, tab: before }: KeptReplica, tab: string) {
    await this.#wait()
    const row = this.#all.rows.get(id)
    if (row?.replica.tab !== before) return undefined
    row.replica = { ...row.replica, tab }
    return structuredClone(row)
  }

  async save(replica: KeptReplica, body?: string, next = replica.tab): Promise<'kept' | 'taken' | 'refused'> {
    const copy = structuredClone({ ...replica, tab: next })
    await this.#wait()
    const row = this.#all.rows.get(replica.id)
    if (row ? row.replica.tab !== replica.tab : body === undefined) return 'taken'
    this.#all.rows.set(replica.id, { replica: copy, body: body ?? row?.body ?? '' })
    this.#tell({ ...copy, count: countOf(copy) })
    return 'kept'
  }

  async forget(replica: KeptReplica): Promise<void> {
    await this.#wait()
    if (this.#all.rows.get(replica.id)?.replica.tab === replica.tab) this.#all.rows.delete(replica.id)
    this.#tell({ ...replica, count: 0 })
  }

  onNews(listener: (news: WaitingNews) => void): void {
    this.#all.listeners.add(listener)
  }

  async #wait(): Promise<void> {
    await new Promise<void>((done) => setTimeout(() => !this.isEnded && done(), this.#delay()))
  }

  #tell({ userId, id, itemId, count }: WaitingNews): void {
    for (const listener of this.#all.listeners) listener({ userId, id, itemId, count })
  }
}
