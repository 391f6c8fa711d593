import { expect, it, vi } from 'vitest'
import { Credentials } from './credentials'
import { Problem, Unreachable } from './problem'
import { grant, settle, withFakes } from './testing/setup'

withFakes()

it('renews once for all who wait', async () => {
  const renew = vi.fn(() => Promise.resolve(grant()))
  const credentials = new Credentials(renew)
  expect(await Promise.all([credentials.token(), credentials.token(), credentials.renew()])).toEqual([
    'token-1',
    'token-1',
    'token-1',
  ])
  expect(renew).toHaveBeenCalledTimes(1)
})

it('renews a minute ahead of expiry, on its own', async () => {
  const renew = vi.fn(() => Promise.resolve(grant('token-2')))
  const credentials = new Credentials(renew)
  credentials.accept(grant('token-1', 900))
  await vi.advanceTimersByTimeAsync(839_999)
  expect(await credentials.token()).toBe('token-1')
  await vi.advanceTimersByTimeAsync(1)
  expect(await credentials.token()).toBe('token-2')
  expect(renew).toHaveBeenCalledTimes(1)
})

it('is signed out by a refusal and by nothing less', async () => {
  const answers = [
    new Unreachable(),
    new Problem('unavailable', 'busy', { status: 503 }),
    new Problem('unauthenticated', 'no', { status: 401 }),
  ]
  const credentials = new Credentials(() => Promise.reject(answers.shift() ?? new Error()))
  await expect(credentials.token()).rejects.toBeInstanceOf(Unreachable)
  expect(credentials.signIn.get()).toBe('unknown')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(credentials.signIn.get()).toBe('unknown')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(credentials.signIn.get()).toBe('signed-out')
  await expect(credentials.token()).rejects.toMatchObject({ code: 'unauthenticated' })
})

it('does not let a late renewal undo a sign-out', async () => {
  let answer: (value: ReturnType<typeof grant>) => void = () => undefined
  const credentials = new Credentials(() => new Promise((resolve) => (answer = resolve)))
  credentials.accept(grant())
  void credentials.renew()
  credentials.clear()
  answer(grant('late'))
  await settle()
  expect(credentials.signIn.get()).toBe('signed-out')
})
