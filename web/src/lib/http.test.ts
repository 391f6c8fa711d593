import { expect, it, vi } from 'vitest'
import { Credentials } from './credentials'
import { Http } from './http'
import { Problem, Unreachable } from './problem'
import { grant, withFakes } from './testing/setup'

withFakes()

function serve(...answers: (Response | Error | DOMException)[]) {
  const fetch = vi.fn((_url: string, _init: RequestInit) => {
    const answer = answers.shift() ?? new Response(null, { status: 500 })
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer)
  })
  vi.stubGlobal('fetch', fetch)
  return fetch
}

const problem = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } })

const sentToken = (init: RequestInit | undefined) => new Headers(init?.headers).get('Authorization')

it('sends JSON as a browser and reads JSON', async () => {
  const fetch = serve(Response.json({ id: 1 }))
  expect(await new Http().post<unknown>('/api/x', { a: 1 }, { query: { limit: 5, cursor: undefined } })).toEqual({
    id: 1,
  })
  const [url, init] = fetch.mock.calls[0] ?? []
  expect(url).toBe('/api/x?limit=5')
  expect(new Headers(init?.headers).get('X-Renexus-Client')).toBe('browser')
  expect(init?.body).toBe('{"a":1}')
})

it('throws a problem with its code, fields and waiting time', async () => {
  serve(
    problem(
      429,
      { code: 'rate_limited', detail: 'Too fast.', errors: { body: ['Too long.'] } },
      { 'Retry-After': '7' },
    ),
  )
  const error = await new Http().get('/api/x').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Problem)
  expect(error).toMatchObject({
    code: 'rate_limited',
    message: 'Too fast.',
    status: 429,
    retryable: true,
    retryAfter: 7,
    errors: { body: ['Too long.'] },
  })
})

it('makes a problem of whatever a proxy answers', async () => {
  serve(new Response('<html>Bad Gateway</html>', { status: 502 }))
  await expect(new Http().get('/api/x')).rejects.toMatchObject({ code: 'internal', status: 502, retryable: true })
})

it('tells an unreachable server from an abort of the caller', async () => {
  serve(new TypeError('Failed to fetch'), new DOMException('aborted', 'AbortError'))
  await expect(new Http().get('/api/x')).rejects.toBeInstanceOf(Unreachable)
  await expect(new Http().get('/api/x')).rejects.toMatchObject({ name: 'AbortError' })
})

it('renews a refused token and repeats the call once', async () => {
  const credentials = new Credentials(() => Promise.resolve(grant('token-2')))
  credentials.accept(grant())
  const fetch = serve(problem(401, { code: 'token_expired' }), Response.json('fine'))
  expect(await new Http(credentials).get('/api/x')).toBe('fine')
  expect(fetch.mock.calls.map(([, init]) => sentToken(init))).toEqual(['Bearer token-1', 'Bearer token-2'])
})

it('hands on a second refusal', async () => {
  const credentials = new Credentials(() => Promise.resolve(grant('token-2')))
  credentials.accept(grant())
  serve(problem(401, { code: 'unauthenticated' }), problem(401, { code: 'unauthenticated' }))
  await expect(new Http(credentials).get('/api/x')).rejects.toMatchObject({ code: 'unauthenticated' })
})

it('takes a wrong code for what it is, not for an old token', async () => {
  const renewGrant = vi.fn(() => Promise.resolve(grant('token-2')))
  const credentials = new Credentials(renewGrant)
  credentials.accept(grant())
  const fetch = serve(problem(401, { code: 'second_factor_invalid' }))
  await expect(new Http(credentials).post('/api/x')).rejects.toMatchObject({ code: 'second_factor_invalid' })
  expect(fetch).toHaveBeenCalledTimes(1)
  expect(renewGrant).not.toHaveBeenCalled()
})

it('hands on what a problem says beyond the common members', async () => {
  serve(problem(401, { code: 'second_factor_required', methods: ['totp', 'recovery'] }))
  await expect(new Http().post('/api/x')).rejects.toMatchObject({ members: { methods: ['totp', 'recovery'] } })
})
