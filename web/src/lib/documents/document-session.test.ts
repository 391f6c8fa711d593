import { ChangeSet } from '@codemirror/state'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Credentials } from '@/lib/credentials'
import { newId } from '@/lib/ids'
import type { Intent, Outbox } from '@/lib/outbox'
import { Problem, Unreachable } from '@/lib/problem'
import { Realtime } from '@/lib/realtime/realtime'
import { Store } from '@/lib/store'
import { FakeAuthority, FakeDocumentWire } from '@/lib/testing/fake-authority'
import { MemoryDocuments, MemoryDocumentStore } from '@/lib/testing/memory-documents'
import { Random } from '@/lib/testing/random'
import { DocumentSession, IDLE_AFTER } from './document-session'
import { Documents } from './documents'

const ITEM = 'd1'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 27) })
  return () => vi.useRealTimers()
})

/** The tabs that are there. */
const alive = new Set<string>()
const ended: (() => void)[] = []
afterEach(() => {
  for (const end of ended.splice(0)) end()
})

/** A tab of Ada's with the document open, at a server that does what the test says. */
function desk(authority = new FakeAuthority(ITEM, 'One two. '), kept = new MemoryDocuments()) {
  const tab = newId()
  alive.add(tab)
  const network = { isOnline: true }
  const handed: Intent[] = []
  let wire: FakeDocumentWire | undefined
  const credentials = new Credentials(() => Promise.reject(new Unreachable()))
  credentials.accept({ accessToken: 't', expiresIn: 900_000 })
  const realtime = new Realtime({
    open: () =>
      (wire = new FakeDocumentWire(authority, {
        random: new Random(1),
        isOnline: () => network.isOnline,
        cuts: () => false,
      })),
    client: 'test',
    credentials,
  })
  const add = ((intent: Intent) => handed.push(intent)) as unknown as Outbox['add']
  const problems: { read?: Problem } = {}
  const documents = new Documents({
    realtime,
    outbox: { add },
    store: new MemoryDocumentStore(kept),
    tab,
    isAlive: (other) => Promise.resolve(alive.has(other)),
    isLeader: new Store(true),
    read: (path) => {
      if (problems.read) return Promise.reject(problems.read)
      const revision = /\/revisions\/(\d+)$/.exec(path)?.[1]
      const head = revision === undefined ? authority.head : authority.revisions[Number(revision) - 1]
      return head && network.isOnline ? Promise.resolve(head) : Promise.reject(new Unreachable())
    },
  })
  realtime.start()
  const session = new DocumentSession(ITEM, documents.ports)
  void documents.open('ada').then(() => session.start())
  const type = (words: string) =>
    session.typed(ChangeSet.of({ from: session.text.length, insert: words }, session.text.length))
  const leave = () => {
    alive.delete(tab)
    realtime.stop()
    documents.close()
    void session.close()
  }
  ended.push(leave)
  return {
    authority,
    kept,
    handed,
    problems,
    session,
    documents,
    type,
    leave,
    goOffline: () => {
      network.isOnline = false
      wire?.cut()
    },
    goOnline: () => {
      network.isOnline = true
      realtime.retryNow()
    },
    connected: () => until(() => realtime.state.get().status === 'connected'),
    opened: () => until(() => session.state.get().phase === 'open'),
    settled: () => until(() => session.state.get().isConfirmed && session.state.get().isKept),
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let passed = 0; !isSo(); passed += 50) {
    if (passed > 120_000) throw new Error('It does not come to that.')
    await vi.advanceTimersByTimeAsync(50)
  }
}

it('OB14 counts what waits, keeps it over a reload without a network, and brings it', async () => {
  const before = desk()
  await before.opened()
  before.goOffline()
  before.type('Three. ')
  await vi.advanceTimersByTimeAsync(2_000)
  before.type('Four. ')
  await vi.advanceTimersByTimeAsync(100)
  expect(before.session.state.get()).toMatchObject({ waiting: 2, isKept: true, isConfirmed: false })
  before.leave()

  const after = desk(before.authority, before.kept)
  after.goOffline()
  await after.opened()
  expect(after.session.text.toString()).toBe('One two. Three. Four. ')
  after.type('Five. ')
  after.authority.write('Zero. One two. ')
  after.goOnline()
  await after.settled()
  await until(() => after.session.text.eq(after.authority.text))
  expect(after.authority.text.toString()).toBe('Zero. One two. Three. Four. Five. ')
  expect(after.handed).toEqual([])
})

it('opens nothing offline of what it never had', async () => {
  const ada = desk()
  ada.goOffline()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ada.session.state.get().phase).toBe('opening')
  ada.goOnline()
  await ada.opened()
})

it.each(['bad_change', 'resync', 'forbidden', 'payload_too_large'])(
  'hands the whole text over when the server refuses its steps (%s), and goes on with the text of the server',
  async (code) => {
    const ada = desk()
    await ada.opened()
    ada.authority.write('One two. Theirs. ')
    await until(() => ada.session.text.eq(ada.authority.text))
    ada.authority.refusals = [code]
    ada.type('Mine. ')
    await until(() => ada.handed.length > 0)
    expect(ada.handed).toEqual([
      {
        channel: `content:${ITEM}`,
        op: 'update',
        resource: 'content',
        resourceId: ITEM,
        base: 2,
        data: { body: 'One two. Theirs. Mine. ' },
      },
    ])
    expect(ada.session.state.get().refused).toMatchObject({ problem: { code }, text: 'One two. Theirs. Mine. ' })
    await until(() => ada.session.text.eq(ada.authority.text))

    ada.session.dismissRefusal()
    ada.type('More. ')
    await ada.settled()
    expect(ada.authority.text.toString()).toBe('One two. Theirs. More. ')
    expect(ada.session.state.get().refused).toBeUndefined()
  },
)

it('names the version that its text began with for the merge, however far the others have come', async () => {
  const ada = desk()
  await ada.opened()
  ada.goOffline()
  ada.type('Mine. ')
  ada.authority.write('Other. ')
  ada.authority.oldest = 1
  ada.goOnline()
  await until(() => ada.handed.length > 0)
  expect(ada.handed[0]).toMatchObject({ base: 1, data: { body: 'One two. Mine. ' } })
})

it('tries again what is refused for now', async () => {
  const ada = desk()
  await ada.opened()
  ada.authority.refusals = ['unavailable', 'unavailable']
  ada.type('Three. ')
  await ada.settled()
  expect(ada.authority.text.toString()).toBe('One two. Three. ')
  expect(ada.handed).toEqual([])
})

it('OB15 hands over what waits of a document that is gone, and leaves its text to be read', async () => {
  const ada = desk()
  await ada.opened()
  ada.goOffline()
  ada.type('Mine. ')
  ada.problems.read = new Problem('not_found', 'There is no such content.', { status: 404 })
  ada.authority.refusals = ['not_found']
  ada.goOnline()
  await until(() => ada.session.state.get().phase === 'closed')
  expect(ada.handed).toHaveLength(1)
  expect(ada.session.state.get().refused?.text).toBe('One two. Mine. ')
})

it('brings what a closed tab left without anybody opening the document', async () => {
  const before = desk()
  await before.opened()
  before.goOffline()
  before.type('Left behind. ')
  await vi.advanceTimersByTimeAsync(100)
  before.leave()

  const after = desk(before.authority, before.kept)
  // Another document is open; this one is brought by the tab itself.
  await after.session.close()
  await until(() => after.authority.text.toString().includes('Left behind.'))
  await until(() => after.documents.waiting.get().length === 0)
})

it('does not go on with what another window has taken, and hands over what was typed since', async () => {
  const ada = desk()
  await ada.opened()
  ada.goOffline()
  ada.type('Kept. ')
  await vi.advanceTimersByTimeAsync(100)
  for (const row of ada.kept.rows.values()) row.replica = { ...row.replica, tab: 'other/1' }
  ada.type('Since. ')
  await until(() => ada.handed.length > 0)
  expect(ada.handed[0]?.data).toEqual({ body: 'One two. Kept. Since. ' })
})

it('shows where others are, moves them with the text, and forgets them', async () => {
  const authority = new FakeAuthority(ITEM, 'One two. ')
  const [ada, bob] = [desk(authority), desk(authority)]
  await Promise.all([ada.opened(), bob.opened(), ada.connected(), bob.connected()])
  const seen: (number | undefined)[] = []
  bob.session.follow({ changed: () => undefined, moved: (_, place) => seen.push(place?.head) })
  ada.session.select(3, 3)
  await until(() => seen.length === 1)
  expect(seen).toEqual([3])

  // A place of a version that is still on its way waits for it.
  ada.type('Three. ')
  await ada.settled()
  ada.session.select(16, 16)
  await until(() => seen.length === 2)
  expect(bob.session.text.length).toBe(16)
  expect(seen[1]).toBe(16)

  await vi.advanceTimersByTimeAsync(IDLE_AFTER + 30_000)
  expect(ada.session.isIdle.get()).toBe(true)
  await until(() => seen.at(-1) === undefined)
  ada.session.select(0, 0)
  expect(ada.session.isIdle.get()).toBe(false)
  await until(() => seen.at(-1) === 0)
})

it('knows a stretch of an earlier version again', async () => {
  const ada = desk()
  await ada.opened()
  ada.type('Three. ')
  await ada.settled()
  expect(ada.session.placeOf(0, 4, 7)).toEqual({ from: 4, to: 7 })
  ada.session.typed(ChangeSet.of({ from: 0, insert: '> ' }, ada.session.text.length))
  expect(ada.session.placeOf(0, 4, 7)).toEqual({ from: 6, to: 9 })
  expect(ada.session.toldPlace(0, 2), 'the server does not have it yet').toBeUndefined()
  await Promise.all([ada.session.confirmed(), ada.settled()])
  expect(ada.session.toldPlace(0, 2)).toEqual({ document: 2, from: 0, to: 2 })
})
