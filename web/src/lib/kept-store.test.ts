import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it, vi } from 'vitest'
import { KeptStore } from './kept-store'

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()))

const answer = (name: string, at = 1) => ({ queryKey: ['threads', name], data: name, at })

it('gives back what a person read last, and to nobody else', async () => {
  await new KeptStore().save('ada', [answer('one'), answer('two')])
  await new KeptStore().save('ada', [{ ...answer('one', 2), data: 'newer' }])
  expect((await new KeptStore().load('ada')).map(({ data }) => data)).toEqual(['newer', 'two'])
  expect(await new KeptStore().load('bob')).toEqual([])
  // Somebody else sits here now.
  expect(await new KeptStore().load('ada')).toEqual([])
})

it('keeps a bounded number, the newest', async () => {
  const store = new KeptStore()
  await store.save(
    'ada',
    Array.from({ length: 205 }, (_, i) => answer(String(i), i)),
  )
  const kept = await store.load('ada')
  expect(kept).toHaveLength(200)
  expect(kept.some(({ data }) => data === '0')).toBe(false)
})

it('does without where nothing can be kept', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new Error('blocked')
    },
  })
  const store = new KeptStore()
  await store.save('ada', [answer('one')])
  expect(await store.load('ada')).toEqual([])
})
