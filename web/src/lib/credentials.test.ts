import { describe, expect, it, vi } from 'vitest'
import { Credentials } from './credentials'
import { Problem, Unreachable } from './problem'
import type { TabMessage, Tabs } from './tabs/session-tabs'
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

/** Two tabs of one browser: one lock and one channel between them. */
function twoTabs() {
  const listeners: ((message: TabMessage) => void)[] = []
  let turn: Promise<unknown> = Promise.resolve()
  const tab = (): Tabs => {
    let own: (message: TabMessage) => void = () => undefined
    return {
      alone: (work, signal) => {
        const mine = turn.then(() => {
          signal.throwIfAborted()
          return work()
        })
        turn = mine.catch(() => undefined)
        return mine
      },
      hasOthers: () => Promise.resolve(true),
      tell: (message) => listeners.filter((listener) => listener !== own).forEach((listener) => listener(message)),
      listen: (listener) => {
        own = listener
        listeners.push(listener)
      },
    }
  }
  return [tab(), tab()] as const
}

describe('several tabs', () => {
  it('renew once for all of them', async () => {
    const [one, other] = twoTabs()
    const renew = vi.fn(() => Promise.resolve(grant('token-2')))
    const here = new Credentials(renew, one)
    const there = new Credentials(renew, other)
    here.accept(grant('token-1', 900))
    expect(await there.token()).toBe('token-1')

    await vi.advanceTimersByTimeAsync(840_000)
    expect([await here.token(), await there.token()]).toEqual(['token-2', 'token-2'])
    expect(renew).toHaveBeenCalledTimes(1)
  })

  it('sign in and out together', () => {
    const [one, other] = twoTabs()
    const here = new Credentials(() => Promise.reject(new Unreachable()), one)
    const there = new Credentials(() => Promise.reject(new Unreachable()), other)
    here.accept(grant())
    expect(there.signIn.get()).toBe('signed-in')
    there.clear()
    expect(here.signIn.get()).toBe('signed-out')
  })

  it('forget the person before when somebody else signs in', () => {
    const [one, other] = twoTabs()
    const here = new Credentials(() => Promise.reject(new Unreachable()), one)
    const there = new Credentials(() => Promise.reject(new Unreachable()), other)
    const states: string[] = []
    here.accept(grant(tokenOf('ada')))
    there.signIn.subscribe(() => states.push(there.signIn.get()))
    here.accept(grant(tokenOf('bob')))
    expect(states).toEqual(['signed-out', 'signed-in'])
    expect(there.userId).toBe('bob')
  })

  it('go on renewing when the tab whose turn it was fails', async () => {
    const [one, other] = twoTabs()
    const answers = [() => Promise.reject(new Unreachable()), () => Promise.resolve(grant('token-2'))]
    const renew = vi.fn(() => (answers.shift() ?? (() => Promise.reject(new Error())))())
    const here = new Credentials(renew, one)
    const there = new Credentials(renew, other)
    here.accept(grant('token-1', 900))
    await vi.advanceTimersByTimeAsync(840_000)
    expect([await here.token(), await there.token()]).toEqual(['token-2', 'token-2'])
    expect(renew).toHaveBeenCalledTimes(2)
  })
})

const tokenOf = (subject: string) => `x.${btoa(JSON.stringify({ sub: subject }))}.x`

it('opens as whoever was here last, until the server says otherwise', async () => {
  const answers = [new Unreachable(), new Problem('unauthenticated', 'no', { status: 401 })]
  const credentials = new Credentials(() => Promise.reject(answers.shift() ?? new Error()))
  await expect(credentials.start()).rejects.toBeInstanceOf(Unreachable)
  credentials.assume('ada')
  expect([credentials.signIn.get(), credentials.userId]).toEqual(['signed-in', 'ada'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect([credentials.signIn.get(), credentials.userId]).toEqual(['signed-out', undefined])
})

it('is handed the token by another tab instead of renewing it', async () => {
  const [one, two] = twoTabs()
  new Credentials(() => Promise.reject(new Error()), one).accept(grant('token-1', 900))
  const renew = vi.fn(() => Promise.resolve(grant('token-2')))
  const credentials = new Credentials(renew, two)
  await credentials.start()
  expect(await credentials.token()).toBe('token-1')
  expect(renew).not.toHaveBeenCalled()
})
