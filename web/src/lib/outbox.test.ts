import { expect, it, vi } from 'vitest'
import { Outbox, type Confirmed, type Outgoing } from './outbox'
import type { OutboxStore } from './outbox-store'
import { FakeSocket } from './testing/fake-socket'
import { connected, settle, withFakes } from './testing/setup'

withFakes()

class MemoryStore implements OutboxStore {
  readonly kept = new Map<string, readonly Outgoing[]>()
  load = (userId: string) => Promise.resolve([...(this.kept.get(userId) ?? [])])
  save = (userId: string, entries: readonly Outgoing[]) => void this.kept.set(userId, entries)
}

const THREAD = 'thread:1'

async function setup() {
  const { realtime, socket } = await connected()
  const confirmed: Confirmed[] = []
  const store = new MemoryStore()
  const outbox = new Outbox({ realtime, store })
  outbox.onConfirmed((one) => confirmed.push(one))
  await outbox.open('ada')
  const write = (body: string, channel = THREAD) => outbox.add(channel, 'message', { body })
  return { realtime, socket, outbox, confirmed, store, write }
}

const bodies = (socket: FakeSocket, channel = THREAD) =>
  socket.sentOn(channel).map((message) => (message.payload?.data as { body: string }).body)

const nth = <T>(list: readonly T[], index: number): T => {
  const item = list.at(index)
  if (item === undefined) throw new Error(`No item ${index}.`)
  return item
}

it('shows a write at once and confirms it with the acknowledgement', async () => {
  const { socket, outbox, confirmed, write } = await setup()
  const outgoing = write('hello')
  expect(outbox.entries.get()).toEqual([outgoing])
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
  expect(bodies(socket)).toEqual(['one'])
  expect(bodies(socket, 'thread:2')).toEqual(['elsewhere'])
  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 1)
  await settle()
  expect(bodies(socket)).toEqual(['one', 'two'])
})

it('replays what was written without a connection once, in order, under the same ids', async () => {
  const { socket, outbox, write } = await setup()
  write('in flight')
  socket.ends(1006)
  write('queued')
  const ids = outbox.entries.get().map((entry) => entry.id)
  await vi.advanceTimersByTimeAsync(1_000)

  const next = FakeSocket.last.open().welcome()
  next.acknowledges(nth(next.sentOn(THREAD), 0), 1)
  await settle()
  next.acknowledges(nth(next.sentOn(THREAD), 1), 2)
  await settle()
  expect(bodies(next)).toEqual(['in flight', 'queued'])
  expect(next.sentOn(THREAD).map((message) => message.id)).toEqual(ids)
  expect(outbox.entries.get()).toEqual([])
})

it('drops a write whose broadcast came though its acknowledgement did not', async () => {
  const { outbox, write } = await setup()
  outbox.arrived(write('hello').id)
  expect(outbox.entries.get()).toEqual([])
})

it('goes on with the next write when the broadcast came before the acknowledgement', async () => {
  const { socket, outbox, confirmed, write } = await setup()
  const first = write('one')
  write('two')
  outbox.arrived(first.id)
  socket.acknowledges(nth(socket.sentOn(THREAD), 0), 1)
  await settle()
  expect(bodies(socket)).toEqual(['one', 'two'])
  expect(confirmed).toEqual([])
})

it('waits as long as the server asks and keeps the order', async () => {
  const { socket, write } = await setup()
  write('one')
  write('two')
  socket.refuses(nth(socket.sentOn(THREAD), 0), {
    code: 'rate_limited',
    message: 'slow',
    retryable: true,
    retryAfter: 5,
  })
  await vi.advanceTimersByTimeAsync(4_999)
  expect(bodies(socket)).toEqual(['one'])
  await vi.advanceTimersByTimeAsync(1)
  expect(bodies(socket)).toEqual(['one', 'one'])
})

it('shows a refused write as failed, lets the others pass, and sends it again on demand', async () => {
  const { socket, outbox, write } = await setup()
  write('too long')
  write('fine')
  socket.refuses(nth(socket.sentOn(THREAD), 0), { code: 'payload_too_large', message: 'Too long.', retryable: false })
  await settle()
  expect(outbox.entries.get()).toMatchObject([{ failure: 'Too long.' }, { data: { body: 'fine' } }])
  socket.acknowledges(nth(socket.sentOn(THREAD), 1), 1)
  await settle()

  outbox.retry(nth(outbox.entries.get(), 0).id)
  expect(bodies(socket)).toEqual(['too long', 'fine', 'too long'])
})

it('discards a failed write, but not one that is on its way', async () => {
  const { socket, outbox, write } = await setup()
  const sent = write('sent')
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

it('survives the closing of the page, for its own writer only', async () => {
  const { realtime, outbox, store, write } = await setup()
  write('kept')
  outbox.close()
  const next = new Outbox({ realtime, store })
  await next.open('bob')
  expect(next.entries.get()).toEqual([])
  await next.open('ada')
  expect(next.entries.get()).toMatchObject([{ data: { body: 'kept' } }])
})

it('sends what was left before what is written while that is being read', async () => {
  const { realtime, socket, outbox, store } = await setup()
  store.kept.set('ada', [
    { id: 'left', channel: 'thread:2', resource: 'message', data: { body: 'left' }, writtenAt: 1 },
  ])
  outbox.close()
  const next = new Outbox({ realtime, store })
  const opening = next.open('ada')
  next.add('thread:2', 'message', { body: 'new' })
  expect(bodies(socket, 'thread:2')).toEqual([])
  await opening
  expect(bodies(socket, 'thread:2')).toEqual(['left'])
  expect(next.entries.get().map((entry) => entry.data.body)).toEqual(['left', 'new'])
  expect(store.kept.get('ada')).toHaveLength(2)
})
