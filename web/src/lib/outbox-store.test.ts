import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Outgoing, OutboxNews } from './outbox'
import { IndexedDbOutboxStore } from './outbox-store'

const entry = (id: string, order = 1): Outgoing => ({
  id,
  channel: 'thread:1',
  op: 'create',
  resource: 'message',
  data: { body: id },
  writtenAt: 0,
  order,
})

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))

const left = async (userId = 'ada') => (await new IndexedDbOutboxStore().load(userId))?.map(({ id }) => id)

it('keeps what is unsent for its person, in order, until it is forgotten', async () => {
  const store = new IndexedDbOutboxStore()
  expect(await store.save('ada', [entry('b', 2), entry('a', 1)], [])).toBe(true)
  await store.save('ada', [entry('c', 3)], ['b'])
  expect(await left()).toEqual(['a', 'c'])
  expect(await left('bob')).toEqual([])
})

it('reads what an earlier version of the app left', async () => {
  await left()
  const old = { id: 'old', channel: 'thread:1', resource: 'message', data: { body: 'old' }, writtenAt: 1 }
  await new Promise<void>((resolve) => {
    indexedDB.open('renexus.outbox', 1).onsuccess = ({ target }) => {
      const transaction = (target as IDBOpenDBRequest).result.transaction('entries', 'readwrite')
      transaction.objectStore('entries').put({ id: 'old', userId: 'ada', page: '1', order: 7, entry: old })
      transaction.oncomplete = () => resolve()
    }
  })
  expect(await new IndexedDbOutboxStore().load('ada')).toEqual([{ ...old, op: 'create', order: 7 }])
})

it('tells the other tabs', async () => {
  const [one, other] = [new IndexedDbOutboxStore(), new IndexedDbOutboxStore()]
  const news: OutboxNews[] = []
  other.onNews((heard) => news.push(heard))
  await one.save('ada', [entry('a')], ['b'])
  await vi.waitFor(() => expect(news).toEqual([{ userId: 'ada', put: [entry('a')], gone: ['b'] }]))
})

it('says when there is no storage', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new Error('blocked')
    },
  })
  const store = new IndexedDbOutboxStore()
  expect(await store.load('ada')).toBeUndefined()
  expect(await store.save('ada', [entry('a')], [])).toBe(false)
})

it('goes on after the database was deleted under it', async () => {
  const store = new IndexedDbOutboxStore()
  await store.save('ada', [entry('a')], [])
  await new Promise((resolve) => (indexedDB.deleteDatabase('renexus.outbox').onsuccess = resolve))
  expect(await store.load('ada')).toEqual([])
  expect(await store.save('ada', [entry('b')], [])).toBe(true)
})
