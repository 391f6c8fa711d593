import { backoff } from './backoff'
import { newId } from './ids'

/** How calls are gathered (GW-8). */
export interface BatchingOptions {
  /** Milliseconds that the first call waits for others. */
  waitTime?: number
  /** How many go together at most; the server takes 50 unless it is configured otherwise. */
  maxBatchSize?: number
  /** How a batch that did not get through is tried again: at once, or after waits that double. */
  retryStrategy?: 'immediate' | 'exponential'
  /** How often it is tried in all. */
  attempts?: number
}

/** The part of `fetch` that calls need. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

interface Item {
  id: string
  method: string
  path: string
  headers: Record<string, string>
  body?: unknown
}

interface Answer {
  id: string
  status: number
  headers?: Record<string, string> | null
  body?: unknown
}

interface Call {
  item: Item
  resolve: (response: Response) => void
  reject: (error: unknown) => void
}

/** These set cookies, wait, or are gathered already. */
const ALONE = ['/api/auth', '/api/batch', '/api/events', '/api/poll', '/api/send', '/api/sync']
const PASSED_ON = ['If-Match', 'If-None-Match', 'Idempotency-Key', 'traceparent', 'X-Correlation-Id']

/**
 * Gathers calls that are made within a short time and sends them as one `POST /api/batch`; each gets its own answer. A batch that
 * did not get through is sent again: every write has an idempotency key, so that none is carried out twice.
 */
export class Batching {
  readonly #options: Required<BatchingOptions>
  /** By server and log-in: what waits for others. */
  readonly #gathering = new Map<string, Call[]>()

  constructor(options: BatchingOptions = {}) {
    this.#options = { waitTime: 10, maxBatchSize: 50, retryStrategy: 'exponential', attempts: 4, ...options }
  }

  readonly fetch: Fetch = (url, init) => {
    const { origin, pathname, search } = new URL(url)
    const headers = new Headers(init.headers)
    const who = headers.get('Authorization')
    const isAlone = ALONE.some((path) => pathname === path || pathname.startsWith(`${path}/`))
    const isJson = init.body === undefined || init.body === null || typeof init.body === 'string'
    if (who === null || !pathname.startsWith('/api/') || isAlone || !isJson) return fetch(url, init)

    const item = itemOf(pathname + search, headers, init)
    return new Promise<Response>((resolve, reject) => {
      // Who gives up waits no longer; what was asked for may be on its way.
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
      this.#join(origin, who, { item, resolve, reject })
    })
  }

  #join(origin: string, who: string, call: Call): void {
    const key = `${origin} ${who}`
    const waiting = this.#gathering.get(key) ?? []
    waiting.push(call)
    const send = () => {
      // Full before its time, it is gone already.
      if (this.#gathering.get(key) !== waiting) return
      this.#gathering.delete(key)
      void this.#send(origin, who, waiting)
    }
    if (waiting.length === 1) {
      this.#gathering.set(key, waiting)
      setTimeout(send, this.#options.waitTime)
    }
    if (waiting.length >= this.#options.maxBatchSize) send()
  }

  async #send(origin: string, who: string, calls: readonly Call[]): Promise<void> {
    try {
      const response = await this.#attempt(origin, who, calls)
      if (!response.ok) {
        // Refused as a whole, each is refused the same.
        const text = await response.text()
        for (const { resolve } of calls)
          resolve(new Response(text, { status: response.status, headers: response.headers }))
        return
      }
      const { responses } = (await response.json()) as { responses: Answer[] }
      const answers = new Map(responses.map((answer) => [answer.id, answer]))
      for (const { item, resolve, reject } of calls) {
        const answer = answers.get(item.id)
        if (answer) resolve(responseOf(answer))
        else reject(new TypeError('The batch was answered without this call.'))
      }
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
  }

  async #attempt(origin: string, who: string, calls: readonly Call[]): Promise<Response> {
    const { attempts, retryStrategy } = this.#options
    const init: RequestInit = {
      method: 'POST',
      headers: { Authorization: who, 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ requests: calls.map(({ item }) => item) }),
      credentials: 'omit',
    }
    for (let attempt = 1; ; attempt++) {
      let asked: number | undefined
      try {
        const response = await fetch(`${origin}/api/batch`, init)
        if (attempt >= attempts || (response.status !== 429 && response.status < 500)) return response
        const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
        asked = Number.isFinite(seconds) ? seconds * 1000 : undefined
      } catch (error) {
        // Whether it arrived is not known, and does not matter: every write has its key.
        if (attempt >= attempts) throw error
      }
      if (retryStrategy === 'exponential') await new Promise((done) => setTimeout(done, asked ?? backoff(attempt - 1)))
    }
  }
}

function itemOf(path: string, given: Headers, { method = 'GET', body }: RequestInit): Item {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name): [string, string][] => {
      const value = given.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  if (method !== 'GET') headers['Idempotency-Key'] ??= newId()
  return { id: newId(), method, path, headers, ...(typeof body === 'string' && { body: JSON.parse(body) as unknown }) }
}

function responseOf({ status, headers, body }: Answer): Response {
  const type = headers?.['content-type'] ?? 'application/json'
  // What is no JSON comes as the text it is.
  const isText = typeof body === 'string' && !type.includes('json')
  const text = body === undefined || body === null ? null : isText ? body : JSON.stringify(body)
  return new Response(text, { status, headers: { ...headers, 'content-type': type } })
}
