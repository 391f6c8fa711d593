import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it, vi } from 'vitest'
import { IndexedDbDocumentStore, type KeptReplica, type WaitingNews } from './document-store'

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory())
  return () => vi.unstubAllGlobals()
})

const replica = (change: Partial<KeptReplica> = {}): KeptReplica => ({
  id: 'r1',
  userId: 'ada',
  itemId: 'd1',
  tab: 't1/1',
  at: 1,
  document: 3,
  revision: 2,
  unconfirmed: [{ clientID: 'c1', changes: [[0, 'Hello']], isSent: false, count: 2 }],
  since: [],
  ...change,
})

it('keeps a document with what waits, and its text until another one is given', async () => {
  const store = new IndexedDbDocumentStore()
  expect(await store.save(replica(), 'Before')).toBe('kept')
  expect(await store.save(replica({ document: 4 }))).toBe('kept')

  const again = new IndexedDbDocumentStore()
  expect(await again.all('ada')).toEqual([replica({ document: 4 })])
  expect(await again.take(replica(), 't2/1')).toEqual({
    replica: replica({ document: 4, tab: 't2/1' }),
    body: 'Before',
  })
})

it('is held by one tab: who had it before is told that it was taken', async () => {
  const store = new IndexedDbDocumentStore()
  await store.save(replica(), 'Text')
  expect(await store.take(replica(), 't2/1')).toBeDefined()
  expect(await store.take(replica(), 't3/1')).toBeUndefined()
  expect(await store.save(replica())).toBe('taken')

  await store.forget(replica({ tab: 't2/1' }))
  expect(await store.save(replica()), 'and it does not come back when the other one is done').toBe('taken')
})

it('can be put down for whoever comes next', async () => {
  const store = new IndexedDbDocumentStore()
  await store.save(replica(), 'Text')
  await store.save(replica(), undefined, '')
  const [left] = (await store.all('ada')) ?? []
  expect(left?.tab).toBe('')
})

it('shows nobody what somebody else wrote here', async () => {
  const store = new IndexedDbDocumentStore()
  await store.save(replica(), 'Text')
  expect(await store.all('bob')).toEqual([])
  expect(await store.all('ada')).toEqual([])
})

it('forgets what was read long ago, and never what waits', async () => {
  const store = new IndexedDbDocumentStore()
  for (let n = 0; n < 60; n++)
    await store.save(replica({ id: `r${n}`, at: n, unconfirmed: n === 0 ? replica().unconfirmed : [] }), '', '')
  const left = ((await store.all('ada')) ?? []).map(({ id }) => id)
  expect(left).toHaveLength(51)
  expect(left).toContain('r0')
  expect(left).not.toContain('r1')
})

it('tells how much waits when that changes', async () => {
  const store = new IndexedDbDocumentStore()
  const news: WaitingNews[] = []
  store.onNews((one) => news.push(one))
  await store.save(replica(), 'Text')
  await store.save(replica({ document: 4 }))
  await store.save(replica({ unconfirmed: [] }))
  expect(news.map(({ count }) => count)).toEqual([2, 0])
})

it('says when a browser lets nothing be kept', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new DOMException('No.')
    },
  })
  const store = new IndexedDbDocumentStore()
  expect(await store.save(replica(), 'Text')).toBe('refused')
  expect(await store.all('ada')).toBeUndefined()
})
