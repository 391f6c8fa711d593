import { expect, it, vi } from 'vitest'
import { Credentials } from '@/lib/credentials'
import { Leadership } from '@/lib/tabs/leadership'
import { FakeAirs, FakeLocks } from '@/lib/testing/fake-browser'
import { changeMessage, FakeSocket } from '@/lib/testing/fake-socket'
import { grant, settle, withFakes } from '@/lib/testing/setup'
import { Realtime } from './realtime'
import { Sharing } from './shared'
import { SocketWire } from './wire'

withFakes()

const THREAD = 'thread:1'

/** A browser with tabs, of which each can be closed, or fall asleep. */
function browser() {
  const locks = new FakeLocks()
  const airs = new FakeAirs()
  const ends = new Map<string, () => void>()
  let count = 0
  return () => {
    const name = String(++count)
    const self = { isAsleep: false }
    const leadership = new Leadership('leader', locks.of(self))
    const sharing = new Sharing({
      leadership,
      tab: name,
      dial: () => new SocketWire('ws://test/ws'),
      tune: () => airs.of(self),
      gone: (tab) => new Promise((resolve) => ends.set(tab, resolve)),
    })
    const credentials = new Credentials(() => Promise.resolve(grant('token-2')))
    credentials.accept(grant())
    const realtime = new Realtime({ open: () => sharing.open(), client: 'test', credentials })
    sharing.onup = () => realtime.retryNow()
    leadership.start('ada')
    sharing.start('ada')
    realtime.start()
    const seen: number[] = []
    const reset = vi.fn()
    return {
      self,
      realtime,
      leadership,
      credentials,
      seen,
      reset,
      follow: () => realtime.subscribe(THREAD, { change: ({ v }) => seen.push(v), reset }),
      close: () => {
        // The end of a page tells nobody anything.
        airs.leave(self)
        locks.close(self)
        ends.get(name)?.()
      },
    }
  }
}

async function tabsOf(count: number) {
  const open = browser()
  const tabs = []
  for (let i = 0; i < count; i++) {
    tabs.push(open())
    await settle()
    if (i === 0) {
      FakeSocket.last.open().welcome()
      await settle()
    }
  }
  return tabs as [ReturnType<typeof open>, ReturnType<typeof open>, ...ReturnType<typeof open>[]]
}

const states = (tabs: readonly { realtime: Realtime }[]) => tabs.map(({ realtime }) => realtime.state.get().status)

it('connects five tabs by one socket', async () => {
  const tabs = await tabsOf(5)
  expect(states(tabs)).toEqual(Array(5).fill('connected'))
  expect(FakeSocket.all).toHaveLength(1)
  expect(tabs.map(({ leadership }) => leadership.isLeader.get())).toEqual([true, false, false, false, false])
})

it('tells every tab what happens, and answers only whoever asked', async () => {
  const [one, two] = await tabsOf(2)
  one.follow()
  await settle()
  FakeSocket.last.subscribed(THREAD, 'live', 5, 5)
  await settle()
  two.follow()
  await settle()
  FakeSocket.last.subscribed(THREAD, 'live', 5, 5)
  await settle()
  expect(one.reset).toHaveBeenCalledTimes(1)
  FakeSocket.last.says(changeMessage(THREAD, 6), changeMessage(THREAD, 7))
  await settle()
  expect([one.seen, two.seen]).toEqual([
    [6, 7],
    [6, 7],
  ])

  const writing = two.realtime.write(THREAD, 'write-1', { op: 'create' })
  await settle()
  const asked = FakeSocket.last.sentOn(THREAD).at(-1)
  if (!asked) throw new Error('Nothing was sent.')
  FakeSocket.last.acknowledges(asked, 8)
  expect((await writing).v).toBe(8)
})

it('brings a tab that holds less what it missed, without disturbing the others', async () => {
  const [one, two] = await tabsOf(2)
  one.follow()
  two.follow()
  await settle()
  for (const { id } of FakeSocket.last.sentOn(THREAD))
    FakeSocket.last.says({
      type: 'update',
      channel: THREAD,
      v: 5,
      e: 'epoch-1',
      re: id ?? '',
      payload: { op: 'subscribed', mode: 'live', from: 5, to: 5 },
    })
  await settle()
  // The second tab misses one and asks again.
  two.self.isAsleep = true
  FakeSocket.last.change(THREAD, 6)
  await settle()
  two.self.isAsleep = false
  FakeSocket.last.change(THREAD, 7)
  await settle()
  expect(FakeSocket.last.sentOn(THREAD).at(-1)?.payload).toMatchObject({ v: 5 })
  FakeSocket.last.subscribed(THREAD, 'delta', 5, 7).change(THREAD, 6).change(THREAD, 7)
  await settle()
  expect([one.seen, two.seen]).toEqual([
    [6, 7],
    [6, 7],
  ])
  expect(one.reset).toHaveBeenCalledTimes(1)
})

it('unsubscribes when the last tab does, also by being closed', async () => {
  const [one, two] = await tabsOf(2)
  const leave = one.follow()
  two.follow()
  await settle()
  leave()
  await settle()
  const left = () => FakeSocket.last.sentOn(THREAD).filter(({ type }) => type === 'unsubscribe').length
  expect(left()).toBe(0)
  two.close()
  await settle()
  expect(left()).toBe(1)
})

it('renews the token in place once for all tabs', async () => {
  const tabs = await tabsOf(3)
  for (const { credentials } of tabs) credentials.accept(grant('token-2'))
  await settle()
  expect(FakeSocket.last.sentOn('$session').map(({ payload }) => payload?.token)).toEqual(['token-1', 'token-2'])
})

it('goes on through the next tab when the leading one is closed, from the session and the versions it has', async () => {
  const [one, two, three] = await tabsOf(3)
  two.follow()
  await settle()
  FakeSocket.last.subscribed(THREAD, 'live', 5, 5).change(THREAD, 6)
  await settle()
  const before = FakeSocket.last
  one.close()
  await settle()
  const next = FakeSocket.last
  expect(next).not.toBe(before)
  next.open()
  expect(next.sent[0]?.payload).toMatchObject({ session: 'session-1', channels: [{ channel: THREAD, v: 6 }] })
  next.welcome().subscribed(THREAD, 'delta', 6, 7).change(THREAD, 7)
  await settle()
  expect(two.seen).toEqual([6, 7])
  expect(two.reset).toHaveBeenCalledTimes(1)
  expect(states([two, three ?? two])).toEqual(['connected', 'connected'])
  expect(FakeSocket.all).toHaveLength(2)
})

it('takes the lead from a tab that does not answer', async () => {
  const [one, two] = await tabsOf(2)
  one.self.isAsleep = true
  const writing = two.realtime.write(THREAD, 'write-1', { op: 'create' })
  writing.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(3_000)
  expect([one, two].map(({ leadership }) => leadership.isLeader.get())).toEqual([false, true])
  await expect(writing).rejects.toThrow('before the answer')
  FakeSocket.last.open().welcome()
  await settle()
  expect(two.realtime.state.get().status).toBe('connected')

  // Waking up it speaks through the other one.
  one.self.isAsleep = false
  one.follow()
  await settle()
  expect(states([one, two])).toEqual(['connected', 'connected'])
  expect(FakeSocket.all).toHaveLength(2)
  expect(FakeSocket.last.sentOn(THREAD)).toHaveLength(1)
})

it('ends every tab\u2019s connection when the server closes it, and brings all back together', async () => {
  const tabs = await tabsOf(3)
  FakeSocket.last.ends(1006)
  await settle()
  expect(states(tabs)).toEqual(['waiting', 'waiting', 'waiting'])
  await vi.advanceTimersByTimeAsync(1_000)
  FakeSocket.last.open().welcome()
  await settle()
  expect(states(tabs)).toEqual(['connected', 'connected', 'connected'])
  expect(FakeSocket.all).toHaveLength(2)
})

it('finds out for all tabs that the network is dead', async () => {
  const tabs = await tabsOf(3)
  for (const tab of tabs) tab.follow()
  await settle()
  FakeSocket.last.subscribed(THREAD, 'live', 0, 0)
  await vi.advanceTimersByTimeAsync(46_000)
  expect(FakeSocket.all.length).toBeGreaterThan(1)
  FakeSocket.last.open().welcome()
  await settle()
  expect(states(tabs)).toEqual(['connected', 'connected', 'connected'])
})
