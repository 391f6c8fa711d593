import { expect, it, vi } from 'vitest'
import { Batching, type BatchingOptions } from './batching'
import { Credentials } from './credentials'
import { Http } from './http'
import type { Problem } from './problem'
import { grant, withFakes } from './testing/setup'

withFakes()

interface Sent {
  path: string
  requests?: { id: string; method: string; path: string; headers: Record<string, string>; body?: unknown }[]
}

function setup(options: BatchingOptions = {}) {
  const sent: Sent[] = []
  /** What the next batches meet instead of an answer. */
  const faults: (Response | Error)[] = []
  const answerOf = ({ id, method, path, body }: NonNullable<Sent['requests']>[number]) => {
    if (path.includes('missing'))
      return {
        id,
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
        body: { code: 'not_found', detail: 'No.' },
      }
    return method === 'DELETE' ? { id, status: 204 } : { id, status: 200, body: { path, body } }
  }
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const path = new URL(url).pathname
    const requests = path === '/api/batch' ? (JSON.parse(init.body as string) as Required<Sent>).requests : undefined
    sent.push({ path, ...(requests && { requests }) })
    const fault = faults.shift()
    if (fault) return fault instanceof Error ? Promise.reject(fault) : Promise.resolve(fault)
    return Promise.resolve(Response.json(requests ? { responses: requests.map(answerOf) } : { alone: true }))
  })
  const credentials = new Credentials(() => Promise.resolve(grant()))
  credentials.accept(grant())
  const { fetch } = new Batching(options)
  return { http: new Http(credentials, undefined, { server: 'http://test', fetch }), sent, faults }
}

const pass = (milliseconds = 10) => vi.advanceTimersByTimeAsync(milliseconds)

it('sends what is called within the wait in one request, and answers each for itself', async () => {
  const { http, sent } = setup()
  const calls = [
    http.get('/api/threads/1', { query: { limit: 3 } }),
    http.post('/api/threads/1/read', { version: 4 }),
    http.delete('/api/threads/2'),
    http.get('/api/threads/missing'),
  ]
  const outcomes = Promise.allSettled(calls)
  await pass()
  const [read, written, deleted, missing] = await outcomes
  expect(read).toMatchObject({ value: { path: '/api/threads/1?limit=3' } })
  expect(written).toMatchObject({ value: { body: { version: 4 } } })
  expect(deleted).toMatchObject({ status: 'fulfilled', value: undefined })
  expect(missing).toMatchObject({
    status: 'rejected',
    reason: expect.objectContaining({ code: 'not_found', status: 404 }) as Problem,
  })
  expect(sent.map(({ path }) => path)).toEqual(['/api/batch'])
  expect(sent[0]?.requests?.map(({ headers }) => 'Idempotency-Key' in headers)).toEqual([false, true, true, false])
})

it('sends a full batch at once, and leaves alone what waits or signs in', async () => {
  const { http, sent } = setup({ maxBatchSize: 2, waitTime: 1_000 })
  const both = Promise.all([http.get('/api/me'), http.get('/api/workspaces')])
  await pass(0)
  await both
  expect(await http.post<unknown>('/api/sync', { operations: [] })).toEqual({ alone: true })
  expect(sent.map(({ path }) => path)).toEqual(['/api/batch', '/api/sync'])
})

it('tries a batch again under the same keys, after as long as the server asks', async () => {
  const { http, sent, faults } = setup()
  faults.push(new TypeError('gone'), new Response('', { status: 503, headers: { 'Retry-After': '5' } }))
  const writing = http.post('/api/threads/1/read', { version: 4 })
  await pass(10)
  await pass(1_200)
  expect(sent).toHaveLength(2)
  await pass(4_000)
  expect(sent).toHaveLength(2)
  await pass(1_000)
  await writing
  expect(new Set(sent.map(({ requests }) => requests?.[0]?.headers['Idempotency-Key'])).size).toBe(1)
})

it('gives up in the end, and tells every call why', async () => {
  const { http, faults } = setup({ retryStrategy: 'immediate', attempts: 2 })
  const refused = () => new Response(JSON.stringify({ code: 'unavailable', detail: 'Later.' }), { status: 503 })
  faults.push(refused(), refused())
  const outcomes = Promise.allSettled([http.get('/api/me'), http.get('/api/workspaces')])
  await pass()
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ reason: expect.objectContaining({ code: 'unavailable' }) as Problem })
})
