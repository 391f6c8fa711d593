import { describe, expect, it, vi } from 'vitest'
import { Problem, Unreachable } from '@/lib/problem'
import { changeMessage, FakeSocket } from '@/lib/testing/fake-socket'
import { connected, grant, settle, withFakes } from '@/lib/testing/setup'
import type { Change } from './protocol'

withFakes()

const THREAD = 'thread:1'

function follow(realtime: Awaited<ReturnType<typeof connected>>['realtime']) {
  const seen: number[] = []
  const reset = vi.fn()
  const lost = vi.fn()
  const leave = realtime.subscribe(THREAD, { change: (change: Change) => seen.push(change.v), reset, lost })
  return { seen, reset, lost, leave }
}

describe('connecting', () => {
  it('says hello with the token in the first message, never in the address', async () => {
    const { realtime, socket } = await connected()

    expect(socket.url).toBe('ws://test/ws')
    expect(socket.protocol).toBe('renexus.v1')
    expect(socket.sent[0]).toMatchObject({ type: 'subscribe', channel: '$session', payload: { token: 'token-1' } })
    expect(realtime.state.get()).toEqual({ status: 'connected' })
  })

  it('comes back after 1, 2, 4, 8, 16, 30 and 30 seconds', async () => {
    const { realtime, socket } = await connected()
    const delays: number[] = []
    socket.ends(1006)
    for (let i = 0; i < 7; i++) {
      const state = realtime.state.get()
      if (state.status !== 'waiting') throw new Error(state.status)
      delays.push((state.retryAt - Date.now()) / 1000)
      await vi.advanceTimersByTimeAsync(state.retryAt - Date.now())
      FakeSocket.last.ends(1006)
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30])
  })

  it('starts over at 1 s only after a connection that held', async () => {
    const { realtime, socket } = await connected()
    socket.ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.open().welcome().ends(1006)
    expect(realtime.state.get()).toMatchObject({ retryAt: Date.now() + 2_000 })

    await vi.advanceTimersByTimeAsync(2_000)
    FakeSocket.last.open().welcome()
    await vi.advanceTimersByTimeAsync(11_000)
    FakeSocket.last.ends(1006)
    expect(realtime.state.get()).toMatchObject({ retryAt: Date.now() + 1_000 })
  })

  it('gives up on a socket that is never welcomed', async () => {
    const { realtime, socket } = await connected()
    socket.ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.open()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(realtime.state.get().status).toBe('waiting')
  })

  it('waits when no token is to be had, and stops when there is none to have', async () => {
    const answers = [new Unreachable(), new Problem('unauthenticated', 'no', { status: 401 })]
    const { credentials, realtime, socket } = await connected(() => Promise.reject(answers.shift() ?? new Error()))
    socket.ends(4010)
    await settle()
    expect(realtime.state.get().status).not.toBe('stopped')
    await vi.advanceTimersByTimeAsync(900_000)
    expect(credentials.signIn.get()).toBe('signed-out')
    expect(realtime.state.get().status).toBe('idle')
  })

  it('tries at once when the device is back on the network', async () => {
    const { realtime, socket } = await connected()
    socket.ends(1006)
    window.dispatchEvent(new Event('online'))
    await settle()
    FakeSocket.last.open().welcome()
    expect(realtime.state.get().status).toBe('connected')
  })

  it('believes a device that says it is offline only when the server does not answer', async () => {
    const { realtime, socket } = await connected()
    follow(realtime)
    window.dispatchEvent(new Event('offline'))
    await vi.advanceTimersByTimeAsync(1_000)
    socket.subscribed(THREAD, 'live', 0, 0)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(realtime.state.get().status).toBe('connected')

    window.dispatchEvent(new Event('offline'))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(realtime.state.get().status).toBe('waiting')
  })
})

describe('closing codes', () => {
  it.each([4000, 1001, 1012])('%i is a restart until the server is back', async (code) => {
    const { realtime, socket } = await connected()
    socket.ends(code)
    expect(realtime.state.get()).toMatchObject({ status: 'waiting', restarting: true })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(realtime.state.get()).toEqual({ status: 'connecting', restarting: true })
    FakeSocket.last.open().ends(1006)
    expect(realtime.state.get()).toMatchObject({ status: 'waiting', restarting: true })
    await vi.advanceTimersByTimeAsync(2_000)
    FakeSocket.last.open().welcome()
    expect(realtime.state.get()).toEqual({ status: 'connected' })

    FakeSocket.last.ends(1006)
    expect(realtime.state.get()).not.toHaveProperty('restarting')
  })

  it.each([4000, 4001, 4002, 4003, 4005, 1001, 1006, 1011])('%i comes back with its session', async (code) => {
    const { socket } = await connected()
    socket.ends(code)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(FakeSocket.last.open().sent[0]?.payload).toMatchObject({ session: 'session-1' })
  })

  it('4004 comes back without its session', async () => {
    const { socket } = await connected()
    socket.ends(4004)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(FakeSocket.last.open().sent[0]?.payload).not.toHaveProperty('session')
  })

  it('4010 comes back at once with a new token', async () => {
    const { socket } = await connected()
    socket.ends(4010)
    await settle()
    expect(FakeSocket.last.open().sent[0]?.payload).toMatchObject({ token: 'token-2', session: 'session-1' })
  })

  it('4500 renews the token once and then stops', async () => {
    const { realtime, socket } = await connected()
    socket.ends(4500)
    await settle()
    FakeSocket.last.open().ends(4500)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(realtime.state.get()).toEqual({ status: 'stopped', code: 4500 })
  })

  it.each([4501, 4503, 4506])('%i stops until the person tries again', async (code) => {
    const { realtime, socket } = await connected()
    socket.ends(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(realtime.state.get()).toEqual({ status: 'stopped', code })

    realtime.retryNow()
    await settle()
    FakeSocket.last.open().welcome()
    expect(realtime.state.get().status).toBe('connected')
  })

  it('4504 signs out', async () => {
    const { credentials, realtime, socket } = await connected()
    socket.ends(4504)
    expect(credentials.signIn.get()).toBe('signed-out')
    expect(realtime.state.get().status).toBe('idle')
  })
})

describe('channels', () => {
  it('applies what follows, ignores what it knows, and takes the messages of an array in order', async () => {
    const { realtime, socket } = await connected()
    const { seen } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5)
    socket.says(changeMessage(THREAD, 5), changeMessage(THREAD, 6), changeMessage(THREAD, 7), changeMessage(THREAD, 6))
    expect(seen).toEqual([6, 7])
  })

  it('subscribes again from the last version when one is missing', async () => {
    const { realtime, socket } = await connected()
    const { seen, reset } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5).change(THREAD, 6).change(THREAD, 8).change(THREAD, 9)

    expect(socket.sentOn(THREAD)).toHaveLength(2)
    expect(socket.sentOn(THREAD)[1]?.payload).toEqual({ v: 6, e: 'epoch-1' })
    socket.subscribed(THREAD, 'delta', 6, 9).change(THREAD, 7).change(THREAD, 8).change(THREAD, 9)
    expect(seen).toEqual([6, 7, 8, 9])
    expect(reset).toHaveBeenCalledTimes(1)
  })

  it('resumes each channel from its version and epoch', async () => {
    const { realtime, socket } = await connected()
    const { seen, reset } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5).change(THREAD, 6).ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)

    const next = FakeSocket.last.open()
    expect(next.sent[0]?.payload).toMatchObject({ channels: [{ channel: THREAD, v: 6, e: 'epoch-1' }] })
    next.welcome().subscribed(THREAD, 'delta', 6, 7).change(THREAD, 7)
    expect(seen).toEqual([6, 7])
    expect(reset).toHaveBeenCalledTimes(1)
  })

  it('asks again from where it was when the connection ends before the promised state', async () => {
    const { realtime, socket } = await connected()
    const { reset } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5)
    socket.ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.open().welcome().subscribed(THREAD, 'snapshot', 0, 40, 'epoch-2').ends(1006)
    await vi.advanceTimersByTimeAsync(2_000)
    FakeSocket.last.open()
    expect(FakeSocket.last.sent[0]?.payload?.channels).toEqual([{ channel: THREAD, v: 5, e: 'epoch-1' }])
    expect(reset).toHaveBeenCalledTimes(1)
  })

  it('resets on a snapshot and goes on from its version', async () => {
    const { realtime, socket } = await connected()
    const { seen, reset } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5)
    socket.ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.open().welcome().subscribed(THREAD, 'snapshot', 0, 40, 'epoch-2')
    FakeSocket.last.says({
      type: 'update',
      channel: THREAD,
      v: 40,
      e: 'epoch-2',
      payload: { op: 'snapshot', state: {} },
    })
    FakeSocket.last.says({ ...changeMessage(THREAD, 41), e: 'epoch-2' })
    expect(reset).toHaveBeenCalledTimes(2)
    expect(seen).toEqual([41])
  })

  it('asks again when the epoch changed', async () => {
    const { realtime, socket } = await connected()
    const { seen } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5)
    socket.says({ ...changeMessage(THREAD, 6), e: 'epoch-2' })
    expect(seen).toEqual([])
    expect(socket.sentOn(THREAD)[1]?.payload).toEqual({ v: 5, e: 'epoch-1' })
  })

  it('subscribes in the welcome to what was asked for between hello and welcome', async () => {
    const { realtime, socket } = await connected()
    socket.ends(1006)
    await vi.advanceTimersByTimeAsync(1_000)
    const next = FakeSocket.last.open()
    follow(realtime)
    next.welcome()
    expect(next.sentOn(THREAD)).toHaveLength(1)
  })

  it('tells when the channel is not for this person, and tries again when it is only busy', async () => {
    const { realtime, socket } = await connected()
    const { lost } = follow(realtime)
    const asked = socket.sentOn(THREAD)[0]
    if (!asked) throw new Error('not asked')
    socket.refuses(asked, { code: 'rate_limited', message: 'slow down', retryable: true, retryAfter: 3 })
    await vi.advanceTimersByTimeAsync(3_000)
    const again = socket.sentOn(THREAD)[1]
    if (!again) throw new Error('not asked again')
    expect(lost).not.toHaveBeenCalled()
    socket.refuses(again, { code: 'not_found', message: 'No such thread.', retryable: false })
    expect(lost).toHaveBeenCalledWith(expect.objectContaining({ code: 'not_found' }))
  })

  it('returns to a channel it left for the price of what it missed', async () => {
    const { realtime, socket } = await connected()
    const { leave } = follow(realtime)
    socket.subscribed(THREAD, 'live', 5, 5)
    leave()
    expect(socket.sentOn(THREAD)[1]?.type).toBe('unsubscribe')
    const { reset } = follow(realtime)
    expect(socket.sentOn(THREAD)[2]?.payload).toEqual({ v: 5, e: 'epoch-1' })
    socket.subscribed(THREAD, 'delta', 5, 6).change(THREAD, 6)
    expect(reset).not.toHaveBeenCalled()
  })
})

describe('loading beside live changes', () => {
  it('waits for the subscription and hands back what arrived meanwhile', async () => {
    const { realtime, socket } = await connected()
    follow(realtime)
    const read = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return 'state'
    })
    const loading = realtime.load(THREAD, read)
    await settle()
    expect(read).not.toHaveBeenCalled()
    socket.subscribed(THREAD, 'live', 5, 5)
    await settle()
    socket.change(THREAD, 6)
    await vi.advanceTimersByTimeAsync(100)
    expect(await loading).toMatchObject({ value: 'state', changes: [{ v: 6 }] })
  })

  it('loads again when continuity broke on the way', async () => {
    const { realtime, socket } = await connected()
    socket.ends(1006)
    follow(realtime)
    const answers: ((value: string) => void)[] = []
    const loading = realtime.load(THREAD, () => new Promise<string>((resolve) => answers.push(resolve)))
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.last.open().welcome().subscribed(THREAD, 'live', 5, 5)
    answers[0]?.('old')
    await settle()
    answers[1]?.('new')
    expect(await loading).toMatchObject({ value: 'new' })
  })
})

describe('staying connected', () => {
  it('asks after 30 s of silence and reconnects after 45', async () => {
    const { realtime, socket } = await connected()
    follow(realtime)
    socket.subscribed(THREAD, 'live', 0, 0)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(socket.sentOn(THREAD)).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(realtime.state.get().status).toBe('waiting')
  })

  it('lives on heartbeats', async () => {
    const { realtime, socket } = await connected()
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(29_000)
      socket.says({ type: 'update', channel: '$session', payload: { op: 'heartbeat' } })
    }
    expect(realtime.state.get().status).toBe('connected')
  })

  it('renews an expiring token in place', async () => {
    const { socket } = await connected(() => Promise.resolve(grant('token-2')))
    socket.says({ type: 'update', channel: '$session', payload: { op: 'expiring' } })
    await settle()
    expect(socket.sent.at(-1)).toMatchObject({ type: 'subscribe', channel: '$session', payload: { token: 'token-2' } })
    expect(FakeSocket.all).toHaveLength(1)
  })
})

describe('steps of a document', () => {
  const DOCUMENT = 'content:1'

  it('take a place among the changes of their channel', async () => {
    const { realtime, socket } = await connected()
    const seen: string[] = []
    realtime.subscribe(DOCUMENT, {
      change: ({ v }) => seen.push(`change ${v}`),
      updates: ({ v, from, updates }) => seen.push(`steps ${v} from ${from}: ${updates.length}`),
    })
    socket.subscribed(DOCUMENT, 'live', 4, 4)
    const steps = { op: 'updates', from: 7, updates: [{ clientID: 'c', changes: [[0, 'a']] }] }
    socket.change(DOCUMENT, 5, steps).change(DOCUMENT, 5, steps).change(DOCUMENT, 6)
    expect(seen).toEqual(['steps 5 from 7: 1', 'change 6'])

    socket.change(DOCUMENT, 8, steps)
    expect(seen).toHaveLength(2)
    expect(socket.sentOn(DOCUMENT).at(-1)).toMatchObject({ type: 'subscribe', payload: { v: 6 } })
  })
})
