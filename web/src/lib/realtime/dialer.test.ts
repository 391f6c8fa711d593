import { beforeEach, expect, it, vi } from 'vitest'
import { Credentials } from '@/lib/credentials'
import { changeMessage, FakeSocket } from '@/lib/testing/fake-socket'
import { grant, settle, withFakes } from '@/lib/testing/setup'
import { Dialer } from './dialer'
import type { Message } from './protocol'
import { Realtime } from './realtime'

withFakes()

const THREAD = 'thread:1'

/** A server behind a network that lets no socket through: what it is asked, and what it says. */
class Server {
  asked: { path: string; headers: Headers; body: unknown }[] = []
  events: ReadableStreamDefaultController<Uint8Array> | undefined
  polls: ((answer: Response) => void)[] = []
  hasEvents = true
  count = 0

  fetch = (url: string, init: RequestInit): Promise<Response> => {
    const path = url.replace('http://test', '')
    this.asked.push({
      path,
      headers: new Headers(init.headers),
      body: JSON.parse((init.body as string | null) ?? 'null'),
    })
    if (path.startsWith('/api/events'))
      return this.hasEvents ? Promise.resolve(this.#stream(init.signal)) : Promise.reject(new TypeError())
    if (path.startsWith('/api/send')) {
      const messages = (this.asked.at(-1)?.body as Message[]).map(({ id }) => ({
        type: 'update',
        re: id,
        v: 9,
        payload: { op: 'ack' },
      }))
      return Promise.resolve(Response.json({ messages }))
    }
    if (path.startsWith('/api/poll')) {
      if (!path.includes('cursor'))
        return Promise.resolve(
          this.poll({
            type: 'update',
            channel: THREAD,
            v: 5,
            e: 'e1',
            payload: { op: 'subscribed', mode: 'live', from: 5, to: 5 },
          }),
        )
      return new Promise((resolve, reject) => {
        this.polls.push(resolve)
        init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      })
    }
    return Promise.resolve(Response.json({}))
  }

  says(...messages: Message[]) {
    for (const message of messages)
      this.events?.enqueue(new TextEncoder().encode(`id: ${++this.count}\ndata: ${JSON.stringify(message)}\n\n`))
  }

  poll = (...messages: Message[]) => Response.json({ messages, cursor: `c${++this.count}` })

  paths = (start: string) =>
    this.asked.map(({ path }) => decodeURIComponent(path)).filter((path) => path.startsWith(start))

  #stream(signal: AbortSignal | null | undefined): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.events = controller
        signal?.addEventListener('abort', () => controller.error(new DOMException('', 'AbortError')))
      },
    })
    this.says({ type: 'update', channel: '$session', payload: { op: 'welcome', session: 's1' } })
    return new Response(body)
  }
}

let server: Server
beforeEach(() => {
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
})

async function setup() {
  const credentials = new Credentials(() => Promise.resolve(grant('token-2')))
  credentials.accept(grant())
  const dialer = new Dialer('http://test')
  const realtime = new Realtime({ open: () => dialer.open(), client: 'test', credentials })
  const seen: number[] = []
  realtime.start()
  realtime.subscribe(THREAD, { change: ({ v }) => seen.push(v) })
  await settle()
  return { credentials, dialer, realtime, seen }
}

/** No socket gets through. */
async function fail(times: number) {
  for (let i = 0; i < times; i++) {
    FakeSocket.last.ends(1006)
    await vi.advanceTimersByTimeAsync(4_000)
  }
}

it('takes events where no socket gets through, and writes by requests', async () => {
  const { dialer, realtime, seen } = await setup()
  await fail(2)
  expect(dialer.way).toBe('events')
  expect(realtime.state.get().status).toBe('connected')
  expect(server.paths('/api/events')).toEqual([`/api/events?channels=${THREAD}@now&presence=`])
  server.says({
    type: 'update',
    channel: THREAD,
    v: 5,
    e: 'e1',
    payload: { op: 'subscribed', mode: 'live', from: 5, to: 5 },
  })
  server.says({ ...changeMessage(THREAD, 6), e: 'e1' })
  await settle()
  expect(seen).toEqual([6])

  const answer = await realtime.write(THREAD, 'w1', { op: 'create' })
  expect(answer.v).toBe(9)
  expect(server.asked.at(-1)?.headers.get('Authorization')).toBe('Bearer token-1')

  realtime.subscribe('thread:2', { presence: true })
  await vi.advanceTimersByTimeAsync(20)
  expect(server.paths('/api/events').at(-1)).toBe(`/api/events?channels=${THREAD}@6.e1,thread:2@now&presence=thread:2`)
  expect(server.asked.at(-1)?.headers.get('Last-Event-ID')).toBe('3')
})

it('polls where not even events get through, and continues where it was', async () => {
  server.hasEvents = false
  const { dialer, realtime, seen } = await setup()
  await fail(2)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(dialer.way).toBe('poll')
  expect(realtime.state.get().status).toBe('connected')
  server.polls.at(-1)?.(server.poll({ ...changeMessage(THREAD, 6), e: 'e1' }))
  await settle()
  expect(seen).toEqual([6])
  expect(server.paths('/api/poll').at(-1)).toContain('cursor=c2')
})

it('goes back to the socket by itself when one opens again', async () => {
  const { dialer, realtime } = await setup()
  await fail(2)
  expect(dialer.way).toBe('events')
  await vi.advanceTimersByTimeAsync(15_000)
  FakeSocket.last.ends(1006)
  expect(dialer.way).toBe('events')
  await vi.advanceTimersByTimeAsync(60_000)
  FakeSocket.last.open()
  await settle()
  expect(dialer.way).toBe('socket')
  FakeSocket.last.open().welcome()
  expect(realtime.state.get().status).toBe('connected')
  expect(FakeSocket.last.sent[0]?.payload).toMatchObject({ session: 's1' })
})

it('does not leave the socket for a server that says goodbye', async () => {
  const { dialer } = await setup()
  for (const code of [4000, 1012, 1001]) {
    FakeSocket.last.ends(code)
    await vi.advanceTimersByTimeAsync(10_000)
  }
  expect(dialer.way).toBe('socket')
})

it('signs out where the log-in was ended', async () => {
  const { credentials } = await setup()
  await fail(2)
  server.says({ type: 'update', channel: '$session', payload: { op: 'closed', code: 4504, reason: 'ended' } })
  await settle()
  expect(credentials.signIn.get()).toBe('signed-out')
})
