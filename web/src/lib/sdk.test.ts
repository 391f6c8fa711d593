import { expect, it, vi } from 'vitest'
import page from '@/../../docs/sdk-typescript.md?raw'
import { Renexus } from './index'
import { Problem } from './problem'
import { example } from './sdk-example'
import source from './sdk-example.ts?raw'
import { FakeSocket } from './testing/fake-socket'
import { settle, withFakes } from './testing/setup'

withFakes()

interface Call {
  method: string
  path: string
  body: unknown
  headers: Headers
}

/** A server as far as HTTP goes: answers by path and remembers what was asked. */
function serve(answers: Record<string, (call: Call) => unknown>) {
  const calls: Call[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const { origin, pathname } = new URL(url)
    const call: Call = {
      method: init.method ?? 'GET',
      path: pathname,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      headers: new Headers(init.headers),
    }
    expect(origin).toBe('https://renexus.example')
    calls.push(call)
    const answer = answers[pathname]?.(call)
    if (answer instanceof Problem)
      return Promise.resolve(Response.json({ code: answer.code, title: answer.message }, { status: answer.status }))
    return Promise.resolve(answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer))
  })
  return calls
}

const tokens = (name: string) => ({ accessToken: `access-${name}`, expiresIn: 900, refreshToken: `refresh-${name}` })

it('does what the page about it shows', async () => {
  const calls = serve({
    '/api/auth/login': () => ({ user: { id: 'u1' }, ...tokens('1') }),
    '/api/workspaces': () => ({ id: 'w1' }),
    '/api/workspaces/w1/threads': () => ({ id: 't1' }),
  })
  const log = vi.spyOn(console, 'log').mockReturnValue()
  const done = example('https://renexus.example', 'correct horse')
  await vi.waitFor(() => expect(FakeSocket.all).toHaveLength(1))
  const socket = FakeSocket.last.open().welcome().subscribed('thread:t1', 'live', 0, 0)
  await settle()
  const write = socket.sentOn('thread:t1').at(-1)
  expect(write).toMatchObject({ type: 'update', payload: { op: 'create', data: { body: 'Hello' } } })
  if (write) socket.acknowledges(write, 1)
  socket.change('thread:t1', 1, { data: { id: 'm1', body: 'Hello' } })
  await done

  expect(socket.url).toBe('wss://renexus.example/ws')
  expect(log.mock.calls.flat()).toEqual(
    expect.arrayContaining(['connected', 'Hello', 'Kept at place 1 of its thread.']),
  )
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/auth/login',
    'POST /api/workspaces',
    'POST /api/workspaces/w1/threads',
    'POST /api/auth/logout',
  ])
  expect(calls.at(-1)?.headers.get('Authorization')).toBe('Bearer access-1')
  // The header would move the refresh token into a cookie, which a program has no use for.
  expect(calls.every(({ headers }) => !headers.has('X-Renexus-Client'))).toBe(true)
})

it('is the example of the page, word for word', () => {
  const own = between(source, '// <example>\n', '  // </example>')
  const shown = between(page, '```ts example\n', '```')
  expect(shown.trim()).toBe(own.replaceAll(/^ {2}/gm, '').trim())
})

it('goes on with a kept refresh token, and hands out each new one', async () => {
  const calls = serve({ '/api/auth/refresh': () => tokens('2'), '/api/me': () => ({ id: 'u1' }) })
  const renexus = new Renexus({ server: 'https://renexus.example', refreshToken: 'refresh-1' })
  await renexus.http.get('/api/me')
  expect(calls[0]?.body).toEqual({ refreshToken: 'refresh-1' })
  expect(renexus.refreshToken.get()).toBe('refresh-2')
})

it('does not connect without a sign-in', async () => {
  const calls = serve({})
  const renexus = new Renexus({ server: 'https://renexus.example' })
  await expect(renexus.connect()).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(calls).toEqual([])
})

const between = (text: string, from: string, to: string) => (text.split(from)[1] ?? '').split(to)[0] ?? ''
