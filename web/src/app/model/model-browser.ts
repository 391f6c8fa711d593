import type { Message, Page, SyncResults } from '@/api/types'
import { loadLive, withChange, type History } from '@/features/threads/history'
import { beginningOf, changesOf, withChange as asWanted } from '@/features/threads/pending'
import { threadChannel, userChannel } from '@/lib/channels'
import { confirmedChange } from '@/lib/confirmed'
import { Credentials } from '@/lib/credentials'
import { Http } from '@/lib/http'
import { isOnItsWay, Outbox, type Confirmed, type Intent, type Outgoing, type OutboxNews } from '@/lib/outbox'
import type { OutboxStore } from '@/lib/outbox-store'
import type { Change } from '@/lib/realtime/protocol'
import { Realtime } from '@/lib/realtime/realtime'
import { Sharing } from '@/lib/realtime/shared'
import { Leadership } from '@/lib/tabs/leadership'
import { FakeAirs, FakeLocks } from '@/lib/testing/fake-browser'
import { ModelWire } from './model-wire'
import { SERVER, type World } from './world'

/** A browser of one person: its storage outlives its tabs. */
export class ModelBrowser {
  readonly tabs: ModelTab[] = []
  readonly rows = new Map<string, Outgoing>()
  readonly locks = new FakeLocks()
  readonly airs = new FakeAirs()
  readonly #ends = new Map<string, () => void>()
  isOnline = true
  /** Writes to the storage follow one another. */
  writtenAt = 0

  readonly world: World
  readonly name: string
  readonly user: string

  constructor(world: World, name: string, user: string) {
    this.world = world
    this.name = name
    this.user = user
  }

  open(): ModelTab {
    const tab = new ModelTab(this, `${this.name}${this.world.random.below(1e9)}`)
    this.tabs.push(tab)
    tab.start()
    return tab
  }

  close(tab: ModelTab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1)
    tab.close()
    this.#ends.get(tab.name)?.()
  }

  gone = (tab: string) => new Promise<void>((resolve) => this.#ends.set(tab, resolve))

  goOffline(): void {
    this.isOnline = false
    for (const wire of [...this.world.wires]) if (wire.tab.browser === this) wire.cut(this.world.random.chance(0.5))
  }
}

/** What one tab sees of its browser's storage. */
class TabStore implements OutboxStore {
  listener: (news: OutboxNews) => void = () => undefined

  readonly tab: ModelTab

  constructor(tab: ModelTab) {
    this.tab = tab
  }

  async load(): Promise<Outgoing[]> {
    await this.#turn()
    return [...this.tab.browser.rows.values()].map((entry) => structuredClone(entry))
  }

  async save(userId: string, put: readonly Outgoing[], gone: readonly string[], confirmed?: Confirmed) {
    await this.#turn()
    const { browser } = this.tab
    for (const id of gone) browser.rows.delete(id)
    for (const entry of put) browser.rows.set(entry.id, structuredClone(entry))
    const news = structuredClone({ userId, put, gone, ...(confirmed && { confirmed }) })
    setTimeout(() => {
      for (const other of browser.tabs) if (other !== this.tab) other.store.listener(news)
    }, 1)
    return true
  }

  onNews = (listener: (news: OutboxNews) => void) => void (this.listener = listener)

  /** Who is closed before its turn comes has written nothing. */
  async #turn(): Promise<void> {
    const { browser } = this.tab
    browser.writtenAt = Math.max(browser.writtenAt, Date.now() + Math.round(browser.world.random.between(0, 30)))
    await new Promise((done) => setTimeout(done, browser.writtenAt - Date.now()))
    if (this.tab.isClosed) await new Promise(() => undefined)
  }
}

interface Title {
  title: string
  version: number
}

/** A page: the core as the app puts it together, and in place of screens what they hold, folded as they do. */
export class ModelTab {
  readonly browser: ModelBrowser
  readonly name: string
  readonly isAsleep = false
  isFrozen = false
  isClosed = false
  readonly store = new TabStore(this)
  readonly outbox: Outbox
  readonly realtime: Realtime
  readonly histories = new Map<string, History>()
  readonly titles = new Map<string, Title>()
  /** Of the person: markers by thread and preferences. */
  own: { markers: Record<string, number>; preferences: unknown } | undefined
  /** Loads under way. */
  loading = 0
  readonly #credentials: Credentials
  readonly #leadership: Leadership
  readonly #sharing: Sharing
  readonly #http: Http
  readonly #generations = new Map<string, number>()

  constructor(browser: ModelBrowser, name: string) {
    this.browser = browser
    this.name = name
    const { world } = browser
    this.#leadership = new Leadership('leader', browser.locks.of(this))
    this.#sharing = new Sharing({
      leadership: this.#leadership,
      tab: name,
      dial: () => new ModelWire(world, this),
      tune: () => browser.airs.of(this),
      gone: browser.gone,
    })
    this.#credentials = new Credentials(() => world.grant(this))
    this.#http = new Http(this.#credentials, undefined, { server: SERVER })
    this.realtime = new Realtime({ open: () => this.#sharing.open(), client: 'model', credentials: this.#credentials })
    this.outbox = new Outbox({
      realtime: this.realtime,
      store: this.store,
      sync: (operations) => this.#http.post<SyncResults>('/api/sync', { operations }),
      isLeader: this.#leadership.isLeader,
    })
    this.#sharing.onup = () => this.realtime.retryNow()
    this.realtime.onChange((change) => {
      this.#fold(change)
      this.outbox.arrived(change)
    })
    this.outbox.onConfirmed((confirmed) => {
      const change = confirmedChange(this.realtime, confirmed)
      if (change) this.#fold(change)
      // What it was answered as the first time may be history.
      if (confirmed.outgoing.channel.startsWith('user:')) this.#loadOwn()
    })
  }

  start(): void {
    const { user } = this.browser
    this.#credentials.signIn.subscribe(() => {
      if (this.#credentials.signIn.get() !== 'signed-in') return
      this.#leadership.start(user)
      this.#sharing.start(user)
      this.realtime.start()
      void this.outbox.open(user)
    })
    this.#credentials.start().catch(() => this.#credentials.assume(user))
    for (const thread of this.browser.world.server.threads.keys())
      this.realtime.subscribe(threadChannel(thread), { reset: () => this.#load(thread) })
    this.realtime.subscribe(userChannel(user), { reset: () => this.#loadOwn() })
  }

  close(): void {
    this.isClosed = true
    for (const wire of [...this.browser.world.wires]) if (wire.tab === this) wire.close()
    this.browser.airs.leave(this)
    this.browser.locks.close(this)
    this.realtime.stop()
    this.#sharing.stop()
    this.#leadership.stop()
    this.outbox.close()
    this.#credentials.clear()
  }

  get isQuiet(): boolean {
    return (
      this.loading === 0 &&
      this.realtime.state.get().status === 'connected' &&
      !this.outbox.entries.get().some(isOnItsWay)
    )
  }

  // What its person does

  want(intent: Intent): void {
    const { world } = this.browser
    const before = this.outbox.entries.get()
    const { outgoing, kept } = this.outbox.add(intent)
    // What it took the place of is in it.
    for (const { id } of before) {
      const replaced = this.outbox.entries.get().some((entry) => entry.id === id) ? undefined : world.wishes.get(id)
      if (replaced) replaced.isGivenUp = true
    }
    const wish = {
      tab: this,
      channel: intent.channel,
      order: outgoing.order,
      isKept: false,
      isGivenUp: false,
      isAgain: false,
      follows: intent.follows,
    }
    world.wishes.set(outgoing.id, wish)
    void kept.then((isKept) => (wish.isKept = isKept))
  }

  /** A message as it is shown, and what changing it is based on. */
  shown(thread: string): { message: Message; begun: ReturnType<typeof beginningOf> } | undefined {
    const held = this.browser.world.random.pick(this.histories.get(thread)?.messages ?? [])
    if (!held) return undefined
    const change = changesOf(this.outbox.entries.get()).get(held.id)
    return { message: asWanted(held, change), begun: beginningOf(held, change) }
  }

  /** Looks at what was refused or is in conflict, and decides. */
  decide(union: (mine: string, theirs: string) => string): void {
    const { world } = this.browser
    for (const entry of this.outbox.entries.get().filter((one) => !isOnItsWay(one))) {
      const wish = world.wishes.get(entry.id)
      if (!wish || world.random.chance(0.3)) continue
      const { conflict } = entry
      if (!conflict) {
        if (world.random.chance(0.5)) continue
        this.outbox.retry(entry.id)
        wish.isAgain = true
        continue
      }
      wish.isGivenUp = true
      const [mine, theirs] = [conflict.mine?.body, conflict.theirs?.body]
      if (typeof mine !== 'string' || typeof theirs !== 'string' || world.random.chance(0.2))
        this.outbox.discard(entry.id)
      else {
        const before = new Set(this.outbox.entries.get().map(({ id }) => id))
        this.outbox.resolve(entry.id, { body: union(mine, theirs) })
        for (const { id, channel, order } of this.outbox.entries.get())
          if (!before.has(id))
            world.wishes.set(id, {
              tab: this,
              channel,
              order,
              isKept: false,
              isGivenUp: false,
              isAgain: false,
              isDecision: true,
            })
      }
    }
  }

  // What its screens hold

  #fold(change: Change): void {
    const thread = change.channel.slice('thread:'.length)
    const held = this.histories.get(thread)
    if (held && change.channel.startsWith('thread:')) this.histories.set(thread, withChange(held, change))
    if (change.resource === 'thread') this.#name(thread, change.data as Title)
    if (!this.own) return
    if (change.resource === 'preferences') this.own = { ...this.own, preferences: change.data }
    if (change.resource === 'readMarker') {
      const { threadId, version } = change.data as { threadId: string; version: number }
      this.own = { ...this.own, markers: { ...this.own.markers, [threadId]: version } }
    }
  }

  /** Changes may be applied again; a thread's own version tells which one is the last. */
  #name(thread: string, title: Title): void {
    if (title.version >= (this.titles.get(thread)?.version ?? 0)) this.titles.set(thread, title)
  }

  #load(thread: string): void {
    void this.#loads(thread, async () => {
      const read = async () => {
        const { items, title } = await this.#http.get<Page<Message> & { title: Title }>(
          `/api/threads/${thread}/messages`,
        )
        this.#name(thread, title)
        return { messages: items, hasOlder: false, hasNewer: false }
      }
      const history = await loadLive(this.realtime, thread, read)
      return () => this.histories.set(thread, history)
    })
  }

  #loadOwn(): void {
    void this.#loads('own', async () => {
      const read = () => this.#http.get<{ markers: [string, number][]; preferences: unknown }>('/api/own')
      const { value, changes } = await this.realtime.load(userChannel(this.browser.user), read)
      return () => {
        this.own = { markers: Object.fromEntries(value.markers), preferences: value.preferences }
        for (const change of changes) this.#fold(change)
      }
    })
  }

  /** As the query cache does it: a later one takes the place of an earlier one, and what fails is tried again. */
  async #loads(key: string, load: () => Promise<() => void>): Promise<void> {
    const generation = (this.#generations.get(key) ?? 0) + 1
    this.#generations.set(key, generation)
    this.loading++
    try {
      while (this.#generations.get(key) === generation) {
        try {
          const take = await load()
          if (this.#generations.get(key) === generation) take()
          return
        } catch {
          await new Promise((done) => setTimeout(done, 1_000))
        }
      }
    } finally {
      this.loading--
    }
  }
}
