import type { Realtime } from '@/lib/realtime/realtime'
import { Store } from '@/lib/store'
import type { DocumentHead, DocumentPorts, DocumentSession } from './document-session'
import { countOf, type DocumentStore, type KeptReplica } from './document-store'

/** What was written in a document on this device and is not on the server yet. */
export interface WaitingDocument {
  /** Of the editor that it was written in. */
  id: string
  itemId: string
  count: number
}

export const changesIn = (waiting: readonly WaitingDocument[]): number =>
  waiting.reduce((sum, { count }) => sum + count, 0)

export interface DocumentsOptions {
  realtime: Realtime
  outbox: DocumentPorts['outbox']
  store: DocumentStore
  /** This tab, and whether another one lives; undefined where the browser cannot tell. */
  tab: string
  isAlive: (tab: string) => Promise<boolean | undefined>
  isLeader: Store<boolean>
  read: (path: string) => Promise<DocumentHead>
}

/** An editor that says nothing for so long counts as ended, where the browser cannot tell. */
const SILENT_AFTER = 60_000
const LOOK_AFTER = 2_000

/**
 * What this device has of documents beyond the editors that are open: how much waits, and the bringing of what was left when
 * a tab was closed. The editors themselves, and the packages they need, are loaded where there is something for them to do.
 */
export class Documents {
  readonly waiting = new Store<readonly WaitingDocument[]>([])
  readonly ports: DocumentPorts
  readonly #options: DocumentsOptions
  readonly #counts = new Map<string, WaitingDocument>()
  readonly #bringing = new Map<string, DocumentSession>()
  #person: string | undefined
  #editors = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: DocumentsOptions) {
    this.#options = options
    const { realtime, outbox, store, read, tab } = options
    this.ports = {
      realtime,
      outbox,
      store,
      person: () => this.#person,
      owner: () => `${tab}/${++this.#editors}`,
      closing: new Map(),
      isFree: (replica) => this.#isFree(replica),
      read: (itemId) => read(`/api/content/${itemId}`),
      readRevision: (itemId, version) => read(`/api/content/${itemId}/revisions/${version}`),
    }
    store.onNews(({ userId, id, itemId, count }) => {
      if (userId !== this.#person) return
      this.#count({ id, itemId, count })
      if (count > 0) this.#lookLater()
    })
    realtime.state.subscribe(() => {
      // Without a connection an editor that is opened now has to find what waits.
      if (realtime.state.get().status !== 'connected') this.#putDown()
      this.#lookLater()
    })
    options.isLeader.subscribe(() => this.#lookLater())
  }

  /** Takes up what this person left on this device. */
  async open(userId: string): Promise<void> {
    if (this.#person === userId) return
    this.close()
    this.#person = userId
    for (const replica of (await this.#options.store.all(userId)) ?? [])
      if (this.#person === userId) this.#count({ id: replica.id, itemId: replica.itemId, count: countOf(replica) })
    this.#lookLater()
  }

  /** Shows and brings nothing more; what was left stays in the store for its owner. */
  close(): void {
    this.#person = undefined
    clearTimeout(this.#timer)
    this.#putDown()
    this.#counts.clear()
    this.waiting.set([])
  }

  #count({ id, itemId, count }: WaitingDocument): void {
    if (count > 0) this.#counts.set(id, { id, itemId, count })
    else if (!this.#counts.delete(id)) return
    this.waiting.set([...this.#counts.values()])
  }

  async #isFree({ tab, at }: KeptReplica): Promise<boolean> {
    if (tab === '') return true
    const isAlive = await this.#options.isAlive(tab.slice(0, tab.lastIndexOf('/')))
    return isAlive === undefined ? Date.now() - at > SILENT_AFTER : !isAlive
  }

  get #mayBring(): boolean {
    const { realtime, isLeader } = this.#options
    return this.#person !== undefined && isLeader.get() && realtime.state.get().status === 'connected'
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    if (this.#mayBring) this.#timer = setTimeout(() => void this.#look(), LOOK_AFTER)
  }

  /** Brings what nobody is at to the server. */
  async #look(): Promise<void> {
    const person = this.#person
    if (person === undefined || !this.#mayBring) return
    for (const replica of (await this.#options.store.all(person)) ?? []) {
      if (replica.unconfirmed.length === 0 || this.#bringing.has(replica.id)) continue
      if (!(await this.#isFree(replica))) continue
      const { DocumentSession } = await import('./document-session')
      if (person !== this.#person) return
      this.#bring(replica, new DocumentSession(replica.itemId, this.ports))
    }
  }

  #putDown(): void {
    for (const session of this.#bringing.values()) void session.close()
    this.#bringing.clear()
  }

  #bring(replica: KeptReplica, session: DocumentSession): void {
    this.#bringing.set(replica.id, session)
    const look = () => {
      const { phase, isConfirmed } = session.state.get()
      if (phase === 'opening' || (phase === 'open' && !isConfirmed)) return
      leave()
      this.#bringing.delete(replica.id)
      void session.close()
    }
    const leave = session.state.subscribe(look)
    void session.start(replica)
  }
}
