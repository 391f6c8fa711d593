import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { ChangeSet, EditorState, type Text } from '@codemirror/state'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Credentials } from '@/lib/credentials'
import { newId } from '@/lib/ids'
import type { Outbox } from '@/lib/outbox'
import { Unreachable } from '@/lib/problem'
import { Realtime } from '@/lib/realtime/realtime'
import { Store } from '@/lib/store'
import { FakeAuthority, FakeDocumentWire, type FakeNetwork } from '@/lib/testing/fake-authority'
import { MemoryDocuments, MemoryDocumentStore } from '@/lib/testing/memory-documents'
import { Random } from '@/lib/testing/random'
import { pass, passUntil, seedsToRun } from '@/lib/testing/seeded-runs'
import { DocumentSession, type DocumentState } from './document-session'
import type { KeptReplica } from './document-store'
import { Documents } from './documents'

/**
 * Editors in tabs of two browsers, and one that uses CodeMirror's own collab package, write in one document while the network
 * delays, repeats and cuts, and tabs are reloaded, closed and killed. At the end all texts are the server's, and every word
 * that was kept and that nobody deleted is in it exactly once. RENEXUS_RUNS says how many seeds, RENEXUS_SEED the first.
 */

const { first: FIRST, runs: RUNS } = seedsToRun(15)
const STEPS = 80
const ITEM = 'd1'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026, 10, 27) })
})
afterEach(() => {
  vi.useRealTimers()
})

it(
  'has the same text everywhere at the end and every kept word once, whatever chance does',
  async () => {
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
      const faults = await run(seed).catch((error: unknown) => [String((error as Error).stack)])
      expect(faults, `seed ${seed}`).toEqual([])
    }
  },
  RUNS * 10_000,
)

class World {
  readonly random: Random
  readonly authority = new FakeAuthority(ITEM, 'Begin. ')
  readonly browsers: Browser[]
  readonly deleted = new Set<string>()
  /** Typed, and lost with a tab before it was on the device. */
  readonly doubtful = new Set<string>()
  readonly all: string[] = []
  isFaulty = true

  constructor(random: Random) {
    this.random = random
    this.browsers = ['ada', 'bob'].map((user) => new Browser(this, user))
  }

  word(): string {
    const word = `w${this.all.length}${this.random.chance(0.2) ? '👩‍🚀' : ''}`
    this.all.push(word)
    return word
  }

  /** A word more, or one less, somewhere; never inside another one. */
  edit(text: Text): ChangeSet | undefined {
    const { random } = this
    const body = text.toString()
    const places = [0, ...[...body.matchAll(/[ \n]/g)].map(({ index }) => index + 1)]
    const at = random.below(places.length)
    const [from, to] = [places[at] ?? 0, places[at + 1]]
    if (to !== undefined && random.chance(0.25)) {
      this.deleted.add(body.slice(from, to - 1))
      return ChangeSet.of({ from, to }, text.length)
    }
    return ChangeSet.of({ from, insert: this.word() + (random.chance(0.2) ? '\n' : ' ') }, text.length)
  }
}

class Browser {
  readonly world: World
  readonly user: string
  readonly documents = new MemoryDocuments()
  tabs: Tab[] = []
  isOnline = true

  constructor(world: World, user: string) {
    this.world = world
    this.user = user
    this.open()
  }

  open(): void {
    this.tabs.push(new Tab(this))
    this.elect()
  }

  elect(): void {
    this.tabs.forEach((tab, at) => tab.isLeader.set(at === 0))
  }
}

class Tab {
  readonly browser: Browser
  readonly id = newId()
  readonly isLeader = new Store(false)
  readonly realtime: Realtime
  readonly store: MemoryDocumentStore
  readonly documents: Documents
  session: DocumentSession
  text: Text | undefined
  wire: FakeDocumentWire | undefined
  readonly #unkept = new Set<string>()

  constructor(browser: Browser) {
    const { world } = browser
    const { random, authority } = world
    this.browser = browser
    const network: FakeNetwork = {
      random,
      isOnline: () => browser.isOnline && browser.tabs.includes(this),
      cuts: () => world.isFaulty && random.chance(0.1),
    }
    const credentials = new Credentials(() => Promise.reject(new Unreachable()))
    credentials.accept({ accessToken: 't', expiresIn: 900_000 })
    const open = () => (this.wire = new FakeDocumentWire(authority, network))
    this.realtime = new Realtime({ open, client: 'test', credentials })
    this.store = new MemoryDocumentStore(browser.documents, () => random.below(30))
    const save = this.store.save.bind(this.store)
    this.store.save = async (replica, body, next) => {
      const said = JSON.stringify([replica.unconfirmed, replica.since, body?.split('\n')])
      const outcome = await save(replica, body, next)
      if (outcome === 'kept')
        for (const word of this.#unkept)
          if (said.includes(`${word} `) || said.includes(`${word}"`)) this.#unkept.delete(word)
      return outcome
    }
    const add: Outbox['add'] = () => {
      throw new Error('Nothing was refused, so nothing is handed over.')
    }
    this.documents = new Documents({
      realtime: this.realtime,
      outbox: { add },
      store: this.store,
      tab: this.id,
      isAlive: (tab) => Promise.resolve(browser.tabs.some(({ id }) => id === tab)),
      isLeader: this.isLeader,
      read: async (path) => {
        await new Promise((done) => setTimeout(done, random.below(200)))
        if (!network.isOnline() || network.cuts()) throw new Unreachable()
        expect(path).toBe(`/api/content/${ITEM}`)
        return authority.head
      },
    })
    this.session = this.#edit()
    void this.documents.open(browser.user)
    this.realtime.start()
  }

  #edit(): DocumentSession {
    const session = new DocumentSession(ITEM, this.documents.ports)
    this.text = undefined
    session.follow({
      changed: (changes) => {
        if (this.text && session === this.session) this.text = changes.apply(this.text)
      },
    })
    void this.documents.open(this.browser.user).then(() => session.start())
    return session
  }

  /** The text as an editor shows it: what it began with, what was typed, and what it was told. */
  look(): Text | undefined {
    if (this.session.state.get().phase === 'open') this.text ??= this.session.text
    return this.text
  }

  type(): void {
    const text = this.look()
    if (!text) return
    const changes = this.browser.world.edit(text)
    if (!changes) return
    changes.iterChanges((_, __, ___, ____, inserted) => {
      if (inserted.length > 0) this.#unkept.add(inserted.toString().trim())
    })
    this.text = changes.apply(text)
    this.session.typed(changes)
  }

  /** Leaves the document in order and comes back. */
  async reopen(): Promise<void> {
    const { session } = this
    this.session = this.#edit()
    await session.close()
  }

  /** It ends without a word. */
  kill(): void {
    const { browser } = this
    browser.tabs = browser.tabs.filter((tab) => tab !== this)
    this.store.isEnded = true
    this.realtime.stop()
    for (const word of this.#unkept) browser.world.doubtful.add(word)
    browser.elect()
  }
}

/** Whoever uses the collab package as it is. */
class Other {
  readonly #world: World
  #state: EditorState

  constructor(world: World) {
    this.#world = world
    const { body, document } = world.authority.head
    this.#state = EditorState.create({ doc: body, extensions: collab({ startVersion: document, clientID: 'other' }) })
  }

  get text(): Text {
    return this.#state.doc
  }

  pull(): void {
    const updates = this.#world.authority.log.slice(getSyncedVersion(this.#state))
    if (updates.length > 0) this.#state = receiveUpdates(this.#state, updates).state
  }

  /** Only on the newest version: on the client it fits its steps in one by one, on the server all at once, which may differ. */
  push(): void {
    this.pull()
    const updates = sendableUpdates(this.#state).map(({ clientID, changes }) => ({
      clientID,
      changes: changes.toJSON() as unknown,
    }))
    if (updates.length > 0) this.#world.authority.push(getSyncedVersion(this.#state), updates)
  }

  type(): void {
    const changes = this.#world.edit(this.#state.doc)
    if (changes) this.#state = this.#state.update({ changes }).state
  }
}

async function run(seed: number): Promise<string[]> {
  vi.clearAllTimers()
  const random = new Random(seed)
  vi.spyOn(Math, 'random').mockImplementation(random.next)
  const world = new World(random)
  const other = new Other(world)
  const tabs = () => world.browsers.flatMap((browser) => browser.tabs)
  for (let step = 0; step < STEPS; step++) {
    const browser = random.pick(world.browsers)
    const tab = random.pick(browser?.tabs ?? [])
    const dice = random.next()
    if (dice < 0.55) tab?.type()
    else if (dice < 0.65) other.type()
    else if (dice < 0.7) other.pull()
    else if (dice < 0.75) other.push()
    else if (dice < 0.8) tab?.wire?.cut()
    else if (dice < 0.85 && browser) {
      browser.isOnline = !browser.isOnline
      if (!browser.isOnline) for (const one of browser.tabs) one.wire?.cut()
    } else if (dice < 0.9) void tab?.reopen()
    else if (dice < 0.94) tab?.kill()
    else if (browser && browser.tabs.length < 2) browser.open()
    await pass(random.below(random.chance(0.1) ? 20_000 : 400))
  }
  world.isFaulty = false
  for (const browser of world.browsers) {
    browser.isOnline = true
    if (browser.tabs.length === 0) browser.open()
  }
  const isSettled = () => {
    other.push()
    other.pull()
    const rows = world.browsers.flatMap(({ documents }) => [...documents.rows.values()])
    return (
      rows.every(({ replica }) => replica.unconfirmed.length === 0) &&
      tabs().every((tab) => tab.look()?.eq(world.authority.text) && isSaved(tab.session.state.get())) &&
      other.text.eq(world.authority.text)
    )
  }
  const isOver = await passUntil(isSettled, 300_000)
  const faults = [...wordsAmiss(world)]
  if (!isOver) faults.push(`It never settles: ${tabs().map(described).join('; ')}`)
  for (const tab of tabs()) tab.kill()
  return faults
}

const isSaved = ({ phase, waiting, isKept }: DocumentState) => phase === 'open' && waiting === 0 && isKept

const described = (tab: Tab) => {
  const rows = [...tab.browser.documents.rows.values()].map(({ replica }: { replica: KeptReplica }) => replica)
  return JSON.stringify({ state: tab.session.state.get(), text: tab.text?.toString(), rows })
}

function* wordsAmiss({ authority, all, deleted, doubtful }: World): Generator<string> {
  const words = authority.text.toString().split(/[ \n]/)
  for (const word of all) {
    const count = words.filter((one) => one === word).length
    if (count > 1) yield `${word} is there ${count} times.`
    if (count === 0 && !deleted.has(word) && !doubtful.has(word)) yield `${word} is lost.`
  }
}
