import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Outgoing } from './outbox'
import { IndexedDbOutboxStore } from './outbox-store'

const entry = (id: string): Outgoing => ({
  id,
  channel: 'thread:1',
  resource: 'message',
  data: { body: id },
  writtenAt: 0,
})

/** The browser's locks, as far as the store uses them; a closed page lets go of its own. */
class Locks {
  names = new Set<string>()
  request = (name: string, held: () => Promise<never>) => {
    this.names.add(name)
    return held()
  }
  query = () => Promise.resolve({ held: [...this.names].map((name) => ({ name })) })
}

let locks: Locks
beforeEach(() => {
  locks = new Locks()
  vi.stubGlobal('navigator', { locks })
  vi.stubGlobal('indexedDB', new IDBFactory())
})

const idsOf = (entries: readonly Outgoing[]) => entries.map(({ id }) => id)

/** What a page that opens after all others were closed finds. */
async function left(userId = 'ada') {
  locks.names.clear()
  return idsOf(await new IndexedDbOutboxStore().load(userId))
}

it('gives a closed page\u2019s entries to the next one, in their order', async () => {
  const store = new IndexedDbOutboxStore()
  expect(await store.load('ada')).toEqual([])
  const [a, b, c] = [entry('a'), entry('b'), entry('c')]
  store.save('ada', [a])
  store.save('ada', [a, b])
  store.save('ada', [a, b, c])
  store.save('ada', [a, c])
  await vi.waitFor(async () => expect(await left()).toEqual(['a', 'c']))
  expect(await left('bob')).toEqual([])
})

it('leaves alone what a page that is still open sends itself', async () => {
  const open = new IndexedDbOutboxStore()
  await open.load('ada')
  open.save('ada', [entry('a')])
  expect(idsOf(await new IndexedDbOutboxStore().load('ada'))).toEqual([])
  await vi.waitFor(async () => expect(await left()).toEqual(['a']))
})

it('puts one that is tried again behind the others', async () => {
  const store = new IndexedDbOutboxStore()
  await store.load('ada')
  const [a, b] = [entry('a'), entry('b')]
  store.save('ada', [a, b])
  store.save('ada', [b, { ...a }])
  await vi.waitFor(async () => expect(await left()).toEqual(['b', 'a']))
})

it('does without a store where there is none', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new Error('blocked')
    },
  })
  const store = new IndexedDbOutboxStore()
  expect(await store.load('ada')).toEqual([])
  expect(() => store.save('ada', [entry('a')])).not.toThrow()
})
