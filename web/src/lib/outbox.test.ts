import { describe, expect, it, vi } from 'vitest'
import type { SyncOperation, SyncResult } from '@/api/types'
import { Outbox, type Confirmed, type Intent, type Outgoing, type OutboxNews } from './outbox'
import type { OutboxStore } from './outbox-store'
import { Problem } from './problem'
import { Store } from './store'
import { FakeSocket } from './testing/fake-socket'
import { connected, settle, withFakes } from './testing/setup'

withFakes()

/** What one tab sees of a browser's storage. */
class MemoryStore implements OutboxStore {
  readonly kept: Map<string, { userId: string; entry: Outgoing }>
  readonly #others: Set<MemoryStore>
  #listener: (news: OutboxNews) => void = () => undefined
  isFull = false

  constructor(beside?: MemoryStore) {
    this.kept = beside?.kept ?? new Map<string, { userId: string; entry: Outgoing }>()
    this.#others = (beside ? beside.#others : new Set<MemoryStore>()).add(this)
  }

  load = (userId: string) =>
    Promise.resolve([...this.kept.values()].filter((row) => row.userId === userId).map(({ entry }) => entry))

  save = (userId: string, put: readonly Outgoing[], gone: readonly string[], confirmed?: Confirmed) => {
    if (this.isFull) return Promise.resolve(false)
    for (const id of gone) this.kept.delete(id)
    for (const entry of put) this.kept.set(entry.id, { userId, entry })
    for (const other of this.#others)
      if (other !== this) other.#listener({ userId, put, gone, ...(confirmed && { confirmed }) })
    return Promise.resolve(true)
  }

  onNews = (listener: (news: OutboxNews) => void) => void (this.#listener = listener)
}

const THREAD = 'thread:1'

async function setup() {
  const { realtime, socket } = await connected()
  const confirmed: Confirmed[] = []
  const store = new MemoryStore()
  const requests: SyncOperation[][] = []
  const answers: (SyncResult[] | Error)[] = []
  const sync = (operations: readonly SyncOperation[]) => {
    requests.push([...operations])
    const answer = answers.shift() ?? operations.map(({ id }) => ({ id, outcome: 'applied', version: 9 }))
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ results: answer })
  }
  const another = () => new Outbox({ realtime, store: new MemoryStore(store), sync })
  const outbox = new Outbox({ realtime, store, sync })
  outbox.onConfirmed((one) => confirmed.push(one))
  await outbox.open('ada')
  const write = (body: string, channel = THREAD) => outbox.add(message(body, channel)).outgoing
  const edit = (resourceId: string, body: string) =>
    outbox.add({ channel: THREAD, op: 'update', resource: 'message', resourceId, base: 4, data: { body } }).outgoing
  return { realtime, socket, outbox, confirmed, store, write, edit, another, requests, answers }
}

const message = (body: string, channel = THREAD): Intent => ({
  channel,
  op: 'create',
  resource: 'message',
  data: { body },
})

const bodies = (socket: FakeSocket, channel = THREAD) =>
  socket.sentOn(channel).map((message) => (message.payload?.data as { body: string }).body)

const nth = <T>(list: readonly T[], index: number): T => {
  const item = list.at(index)
  if (item === undefined) throw new Error(`No item ${index}.`)
  return item
}

it('OB2 shows a write at once and confirms it with the acknowledgement', async () => {
  const { socket, outbox, confirmed, write } = await setup()
  const outgoing = write('hello')
  expect(outbox.entries.get()).toEqual([outgoing])
  expect(socket.sentOn(THREAD)).toEqual([])
  await settle()
  expect(nth(socket.sentOn(THREAD), 0)).toMatchObject({
    id: outgoing.id,
    payload: { op: 'create', resource: 'message' },
  })

  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 7)
  await settle()
  expect(outbox.entries.get()).toEqual([])
  expect(confirmed).toMatchObject([{ v: 7, outgoing: { id: outgoing.id } }])
})

it('sends one at a time in a channel, in the order of writing, and channels side by side', async () => {
  const { socket, write } = await setup()
  write('one')
  write('two')
  write('elsewhere', 'thread:2')
  await settle()
  expect(bodies(socket)).toEqual(['one'])
  expect(bodies(socket, 'thread:2')).toEqual(['elsewhere'])
  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 1)
  await settle()
  expect(bodies(socket)).toEqual(['one', 'two'])
})

it('OB6 replays what was written without a connection once, in order, under the same ids', async () => {
  const { socket, outbox, write, requests } = await setup()
  write('in flight')
  await settle()
  socket.ends(1006)
  write('queued')
  const ids = outbox.entries.get().map((entry) => entry.id)
  await vi.advanceTimersByTimeAsync(1_000)

  FakeSocket.last.open().welcome()
  await settle()
  expect(requests.map((some) => some.map(({ data }) => (data as { body: string }).body))).toEqual([
    ['in flight', 'queued'],
  ])
  expect(nth(requests, 0).map(({ id }) => id)).toEqual(ids)
  expect(outbox.entries.get()).toEqual([])
})

it('drops a write whose broadcast came though its acknowledgement did not', async () => {
  const { outbox, write } = await setup()
  outbox.arrived({ cause: write('hello').id, data: {}, v: 1 })
  expect(outbox.entries.get()).toEqual([])
})

it('goes on with the next write when the broadcast came before the acknowledgement', async () => {
  const { socket, outbox, confirmed, write } = await setup()
  const first = write('one')
  write('two')
  await settle()
  outbox.arrived({ cause: first.id, data: {}, v: 1 })
  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 1)
  await settle()
  expect(bodies(socket)).toEqual(['one', 'two'])
  expect(confirmed).toEqual([])
})

it('OB3 waits as long as the server asks and keeps the order', async () => {
  const { socket, write, requests } = await setup()
  write('one')
  write('two')
  await settle()
  socket.refuses(nth(socket.sentOn(THREAD), 0), {
    code: 'rate_limited',
    message: 'slow',
    retryable: true,
    retryAfter: 5,
  })
  await vi.advanceTimersByTimeAsync(4_999)
  expect([bodies(socket), requests]).toEqual([['one'], []])
  await vi.advanceTimersByTimeAsync(1)
  expect(requests.map((some) => some.map(({ data }) => (data as { body: string }).body))).toEqual([['one', 'two']])
})

it('shows a refused write as failed, lets the others pass, and sends it again on demand', async () => {
  const { socket, outbox, write } = await setup()
  write('too long')
  write('fine')
  await settle()
  socket.refuses(nth(socket.sentOn(THREAD), 0), { code: 'payload_too_large', message: 'Too long.', retryable: false })
  await settle()
  expect(outbox.entries.get()).toMatchObject([{ failure: 'Too long.' }, { data: { body: 'fine' } }])
  socket.acknowledges(nth(socket.sentOn(THREAD), 1), 1)
  await settle()

  outbox.retry(nth(outbox.entries.get(), 0).id)
  await settle()
  expect(bodies(socket)).toEqual(['too long', 'fine', 'too long'])
})

it('discards a failed write, but not one that is on its way', async () => {
  const { socket, outbox, write } = await setup()
  const sent = write('sent')
  await settle()
  outbox.discard(sent.id)
  expect(outbox.entries.get()).toHaveLength(1)
  socket.refuses(nth(socket.sentOn(THREAD), 0), { code: 'forbidden', message: 'No.', retryable: false })
  await settle()
  outbox.discard(sent.id)
  expect(outbox.entries.get()).toEqual([])
})

it('sends again when an answer is lost on a living connection', async () => {
  const { socket, write } = await setup()
  write('hello')
  for (let i = 0; i < 2; i++) {
    await vi.advanceTimersByTimeAsync(8_000)
    socket.says({ type: 'update', channel: '$session', payload: { op: 'heartbeat' } })
  }
  expect(bodies(socket)).toEqual(['hello', 'hello'])
})

it('OB1 survives the closing of the page, for its own writer only', async () => {
  const { outbox, write, another } = await setup()
  write('kept')
  outbox.close()
  await settle()
  const next = another()
  await next.open('bob')
  expect(next.entries.get()).toEqual([])
  await next.open('ada')
  expect(next.entries.get()).toMatchObject([{ data: { body: 'kept' } }])
})

it('sends what was left before what is written while that is being read', async () => {
  const { socket, outbox, store, another } = await setup()
  store.kept.set('left', {
    userId: 'ada',
    entry: { ...message('left', 'thread:2'), id: 'left', writtenAt: 1, order: 1 },
  })
  outbox.close()
  const next = another()
  const opening = next.open('ada')
  next.add(message('new', 'thread:2'))
  expect(bodies(socket, 'thread:2')).toEqual([])
  await opening
  expect(bodies(socket, 'thread:2')).toEqual(['left'])
  expect(next.entries.get().map((entry) => entry.data.body)).toEqual(['left', 'new'])
  expect(store.kept.size).toBe(2)
})

it('says when nothing can be kept, and sends all the same', async () => {
  const { socket, outbox, store } = await setup()
  store.isFull = true
  const { kept } = outbox.add(message('not kept'))
  expect(await kept).toBe(false)
  expect(outbox.keeps.get()).toBe(false)
  expect(bodies(socket)).toEqual(['not kept'])
})

it('OB13 sends what waits on several channels after an absence in one request', async () => {
  const { socket, outbox, write, edit, requests, answers } = await setup()
  socket.ends(1006)
  for (const body of ['one', 'two']) write(body)
  for (const body of ['three', 'four']) write(body, 'thread:2')
  edit('m1', 'edited')
  await vi.advanceTimersByTimeAsync(0)
  const entries = outbox.entries.get()
  const problem = { type: '', title: 'No', status: 403, detail: 'You may not.', code: 'forbidden', traceId: null }
  // Each has an outcome of its own.
  answers.push(
    [0, 1, 4, 2, 3].map((at) => {
      const { id } = nth(entries, at)
      return at === 2 ? { id, outcome: 'rejected', problem } : { id, outcome: 'applied', version: 9 }
    }),
  )
  await vi.advanceTimersByTimeAsync(1_000)
  FakeSocket.last.open().welcome()
  await settle()
  expect(requests).toHaveLength(1)
  expect(nth(requests, 0).map(({ id }) => id)).toEqual([0, 1, 4, 2, 3].map((at) => nth(entries, at).id))
  expect(outbox.entries.get()).toMatchObject([{ data: { body: 'three' }, failure: 'You may not.' }])
})

describe('what takes the place of an earlier wish', () => {
  const marker = (version: number, resourceId = 't1', more: object = {}): Intent => ({
    channel: 'user:ada',
    op: 'update',
    resource: 'readMarker',
    resourceId,
    data: { version, ...more },
    folds: 'furthest',
    ifRefused: 'nothing',
  })
  const rename = (data: Intent['data']): Intent => ({
    channel: THREAD,
    op: 'update',
    resource: 'thread',
    resourceId: '1',
    base: 3,
    data,
    folds: 'fields',
  })

  it('OB11 is one change that waits: the furthest marker, and each field as it was wanted last', async () => {
    const { socket, outbox, requests } = await setup()
    socket.ends(1006)
    for (const version of [4, 9, 7]) outbox.add(marker(version))
    outbox.add(marker(2, 't2'))
    outbox.add(rename({ title: 'One' }))
    outbox.add({ ...rename({ archived: true }), base: 5 })
    await settle()
    expect(outbox.entries.get().map(({ data, base }) => [data, base])).toEqual([
      [{ version: 9 }, undefined],
      [{ version: 2 }, undefined],
      [{ title: 'One', archived: true }, 3],
    ])
    outbox.add(marker(3, 't1', { back: true }))
    await settle()
    expect(outbox.entries.get().filter(({ resourceId }) => resourceId === 't1')).toMatchObject([
      { data: { version: 3, back: true } },
    ])
    expect(requests).toEqual([])
  })

  it('OB11 leaves one in its place that others stand behind', async () => {
    const { socket, outbox, write } = await setup()
    socket.ends(1006)
    outbox.add(rename({ archived: false }))
    write('said after it')
    outbox.add(rename({ archived: true }))
    await settle()
    expect(outbox.entries.get().map(({ data }) => data)).toEqual([
      { archived: false },
      { body: 'said after it' },
      { archived: true },
    ])
  })

  it('OB12 leaves no record of what nobody would decide on', async () => {
    const { outbox, answers } = await setup()
    const refusals: (string | undefined)[] = []
    outbox.onRefused(({ failure }) => refusals.push(failure))
    const problem = { type: '', title: 'No', status: 404, detail: 'It is gone.', code: 'not_found', traceId: null }
    const refuse = (intent: Intent) => {
      const { outgoing } = outbox.add(intent)
      answers.push([{ id: outgoing.id, outcome: 'rejected', problem }])
      return settle()
    }
    await refuse(marker(4))
    await refuse({ ...rename({ archived: true }), ifRefused: 'notice' })
    expect(outbox.entries.get()).toEqual([])
    expect(refusals).toEqual(['It is gone.'])
    await refuse(rename({ title: 'Kept' }))
    expect(outbox.entries.get()).toMatchObject([{ data: { title: 'Kept' }, failure: 'It is gone.' }])
  })
})

describe('what may be merged or refused', () => {
  it('goes by sync, after what was said before it', async () => {
    const { socket, outbox, confirmed, write, edit, requests } = await setup()
    write('one')
    edit('m1', 'first')
    edit('m2', 'second')
    await settle()
    expect(requests).toEqual([])
    socket.acknowledges(nth(socket.sentOn(THREAD), 0), 5)
    await settle()
    expect(requests).toHaveLength(1)
    expect(nth(requests, 0)).toMatchObject([
      { type: 'update', resource: 'message', resourceId: 'm1', base: 4, data: { body: 'first' } },
      { resourceId: 'm2' },
    ])
    expect(outbox.entries.get()).toEqual([])
    expect(confirmed.map(({ v }) => v)).toEqual([5, 9, 9])
  })

  it.each([401, 429, 500, 503])('waits when the whole request is answered by %i, and loses nothing', async (status) => {
    const { outbox, edit, requests, answers } = await setup()
    answers.push(new Problem('whatever', 'no', { status }))
    edit('m1', 'first')
    await settle()
    expect(outbox.entries.get()).toHaveLength(1)
    expect(outbox.entries.get()[0]).not.toHaveProperty('failure')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(requests).toHaveLength(2)
    expect(outbox.entries.get()).toEqual([])
  })

  it('OB4 keeps a refused one as a record, and what is behind it passes', async () => {
    const { outbox, edit, answers } = await setup()
    const problem = { type: '', title: 'No', status: 403, detail: 'You may not.', code: 'forbidden', traceId: null }
    const refused = edit('m1', 'first')
    const fine = edit('m2', 'second')
    answers.push([
      { id: refused.id, outcome: 'rejected', problem },
      { id: fine.id, outcome: 'applied', version: 9 },
    ])
    await settle()
    expect(outbox.entries.get()).toMatchObject([{ id: refused.id, failure: 'You may not.', data: { body: 'first' } }])
  })

  it('has all wait behind one that is refused for now', async () => {
    const { outbox, edit, answers, requests } = await setup()
    const problem = { type: '', title: 'Slow', status: 429, detail: null, code: 'rate_limited', traceId: null }
    const both = [edit('m1', 'first'), edit('m2', 'second')]
    answers.push(both.map(({ id }) => ({ id, outcome: 'rejected', problem })))
    await settle()
    expect(outbox.entries.get()).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(nth(requests, 1).map(({ id }) => id)).toEqual(both.map(({ id }) => id))
    expect(outbox.entries.get()).toEqual([])
  })

  it('finds the one that spoils a request', async () => {
    const { socket, outbox, edit, write, answers } = await setup()
    const bad = new Problem('validation_failed', 'Bad.', { status: 400 })
    write('before')
    const one = edit('m1', 'bad')
    edit('m2', 'good')
    answers.push(bad, bad)
    await settle()
    socket.acknowledges(nth(socket.sentOn(THREAD), 0), 5)
    await settle()
    expect(outbox.entries.get()).toMatchObject([{ id: one.id, failure: 'Bad.' }])
  })

  it('OB8 bases what was made on top of another change on what that one led to', async () => {
    const { outbox, edit, answers, requests } = await setup()
    const first = edit('m1', 'first')
    const again = { channel: THREAD, op: 'update', resource: 'message', resourceId: 'm1', base: 4 } as const
    outbox.add({ ...again, follows: first.id, data: { body: 'first and second' } })
    answers.push([{ id: first.id, outcome: 'applied', version: 7, data: { body: 'first' } }])
    await settle()
    expect(requests.map((some) => some.map(({ base }) => base))).toEqual([[4], [7]])
    expect(outbox.entries.get()).toEqual([])
  })

  it('OB8 leaves its base where that one was merged with what it has not seen', async () => {
    const { outbox, edit, answers, requests } = await setup()
    const first = edit('m1', 'first')
    const again = { channel: THREAD, op: 'update', resource: 'message', resourceId: 'm1', base: 4 } as const
    outbox.add({ ...again, follows: first.id, data: { body: 'first and second' } })
    answers.push([{ id: first.id, outcome: 'merged', version: 7, data: { body: 'first, theirs' } }])
    await settle()
    expect(requests.map((some) => some.map(({ base }) => base))).toEqual([[4], [4]])
  })

  it('OB5 keeps a conflict until it is decided, and sends the decision on the version it was made on', async () => {
    const { outbox, edit, answers, requests } = await setup()
    const mine = edit('m1', 'mine')
    const conflict = { base: { body: 'base' }, mine: { body: 'mine' }, theirs: { body: 'theirs' }, version: 12 }
    answers.push([{ id: mine.id, outcome: 'conflict', conflict }])
    await settle()
    expect(outbox.entries.get()).toMatchObject([{ id: mine.id, conflict }])
    outbox.resolve(mine.id, { body: 'both' })
    await settle()
    expect(nth(requests, 1)).toMatchObject([{ type: 'update', resourceId: 'm1', base: 12, data: { body: 'both' } }])
    expect(nth(nth(requests, 1), 0).id).not.toBe(mine.id)
    expect(outbox.entries.get()).toEqual([])
  })
})

it('is sent by the leading tab alone, and the next leader goes on', async () => {
  const { realtime, socket, outbox, store } = await setup()
  outbox.close()
  const tab = async () => {
    const isLeader = new Store(false)
    const box = new Outbox({
      realtime,
      store: new MemoryStore(store),
      sync: () => Promise.reject(new Error()),
      isLeader,
    })
    await box.open('ada')
    return { isLeader, box }
  }
  const [one, two] = [await tab(), await tab()]
  two.box.add(message('first'))
  await settle()
  expect(socket.sentOn(THREAD)).toEqual([])
  one.isLeader.set(true)
  await settle()
  two.box.add(message('second'))
  await settle()
  expect(bodies(socket)).toEqual(['first'])
  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 1)
  await settle()
  expect([one, two].map(({ box }) => box.entries.get().map(({ data }) => data.body))).toEqual([['second'], ['second']])

  // The leader goes with the second on its way, and nobody knows its fate: it comes again under the same id.
  one.box.close()
  two.isLeader.set(true)
  await settle()
  const sent = socket.sentOn(THREAD)
  expect(bodies(socket)).toEqual(['first', 'second', 'second'])
  expect(nth(sent, 1).id).toBe(nth(sent, 2).id)
})
