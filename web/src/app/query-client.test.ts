import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Problem, untilAnswered } from '@/lib/problem'
import { createQueryClient } from './query-client'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('OB10 goes on trying to read what has a gap, and takes a refusal for an answer', async () => {
  const cache = createQueryClient()
  const unavailable = new Problem('unavailable', 'Later.', { status: 503, retryable: true })
  let left = 12
  const read = vi.fn(() => (left-- > 0 ? Promise.reject(unavailable) : Promise.resolve('read')))
  const reading = cache.query({ queryKey: ['gap'], queryFn: read, retry: untilAnswered })
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(await reading).toBe('read')
  expect(read).toHaveBeenCalledTimes(13)

  const refuse = vi.fn(() => Promise.reject(new Problem('not_found', 'It is gone.', { status: 404 })))
  await expect(cache.query({ queryKey: ['gone'], queryFn: refuse, retry: untilAnswered })).rejects.toThrow('gone')
  expect(refuse).toHaveBeenCalledTimes(1)
})
