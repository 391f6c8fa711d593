import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HeadsFollower } from './heads'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => vi.useRealTimers())

const heads = (...ids: string[]) => ({ op: 'heads', threads: ids.map((id) => ({ id, v: 2 })) })

const follow = (refresh = vi.fn((_ids: readonly string[]) => Promise.resolve())) => {
  const follower = new HeadsFollower({ concerns: ({ id }) => id !== 'known', refresh })
  return { follower, refresh }
}

it('asks once for all that moved, and not for what is known already', async () => {
  const { follower, refresh } = follow()
  follower.take(heads('a', 'known'))
  follower.take(heads('b'))
  follower.take(heads('a'))
  await vi.advanceTimersByTimeAsync(300)
  expect(refresh.mock.calls).toEqual([[['a', 'b']]])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refresh).toHaveBeenCalledTimes(1)
})

it('asks more and more seldom while a workspace is busy, and soon again after a quiet time', async () => {
  const { follower, refresh } = follow()
  for (let i = 0; i < 240; i++) {
    follower.take(heads('a'))
    await vi.advanceTimersByTimeAsync(250)
  }
  expect(refresh.mock.calls.length).toBeLessThan(14)
  await vi.advanceTimersByTimeAsync(60_000)
  const before = refresh.mock.calls.length
  follower.take(heads('a'))
  await vi.advanceTimersByTimeAsync(300)
  expect(refresh.mock.calls.length).toBe(before + 1)
})

it('puts it off while nobody looks', async () => {
  const { follower, refresh } = follow()
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  follower.take(heads('a'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(refresh).not.toHaveBeenCalled()
  visibility.mockReturnValue('visible')
  follower.wake()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(refresh).toHaveBeenCalledTimes(1)
})

it('asks again when the server could not be reached', async () => {
  const { follower, refresh } = follow(vi.fn().mockRejectedValueOnce(new Error()).mockResolvedValue(undefined))
  follower.take(heads('a'))
  await vi.advanceTimersByTimeAsync(300)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(refresh.mock.calls).toEqual([[['a']], [['a']]])
})
