import type { Fetch } from './batching'
import type { Credentials } from './credentials'
import { Problem, problemOf, Unreachable } from './problem'
import type { StepUp } from './step-up'
import type { Tracer } from './trace'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface RequestOptions {
  query?: Query
  signal?: AbortSignal | undefined
  /** Milliseconds; past them the way to the server counts as broken. */
  timeout?: number
  /** The version that the change is based on; the server refuses when it has another. */
  version?: number
}

/** Where calls go, and who watches them. */
export interface Way {
  /** The server's address; left out, it is the one this page came from, with its session cookie. */
  server?: string | undefined
  tracer?: Tracer | undefined
  /** In place of the platform's, such as that of {@link Batching}. */
  fetch?: Fetch | undefined
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** No request of the contract takes longer than 10 s on the server; past this the way there is broken. */
const TIMEOUT = 20_000
/** A file takes as long as there is of it. */
const DOWNLOAD_TIMEOUT = 15 * 60_000

/** What says that the access token no longer counts; other 401s answer what the call itself brought, such as a wrong code. */
const STALE_TOKEN = new Set(['unauthenticated', 'token_expired'])

/**
 * Typed calls to the API of this origin. Refusals are thrown as {@link Problem}, an unreachable server as
 * {@link Unreachable}. With credentials each call carries the access token, and one that the server no longer
 * takes is renewed and the call repeated once. A call that needs the person to prove anew who it is waits for that
 * and is then repeated, wherever it came from.
 */
export class Http {
  readonly #credentials: Credentials | undefined
  readonly #stepUp: StepUp | undefined
  readonly #way: Way

  constructor(credentials?: Credentials, stepUp?: StepUp, way: Way = {}) {
    this.#credentials = credentials
    this.#stepUp = stepUp
    this.#way = way
  }

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#send<T>('GET', path, undefined, options)
  }

  /** A file for the person to keep. */
  download(path: string, options?: RequestOptions): Promise<Blob> {
    return this.#send('GET', path, undefined, { timeout: DOWNLOAD_TIMEOUT, ...options }, (response) => response.blob())
  }

  post<T = void>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>('POST', path, body, options)
  }

  /** A file of the person's, sent as it is. */
  upload<T>(path: string, file: Blob, options?: RequestOptions): Promise<T> {
    return this.#send<T>('POST', path, file, { timeout: DOWNLOAD_TIMEOUT, ...options })
  }

  put<T = void>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>('PUT', path, body, options)
  }

  patch<T = void>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>('PATCH', path, body, options)
  }

  delete(path: string, options?: RequestOptions): Promise<void> {
    return this.#send('DELETE', path, undefined, options)
  }

  async #send<T>(
    method: Method,
    path: string,
    body: unknown,
    options: RequestOptions = {},
    read: (response: Response) => Promise<T> = json,
  ): Promise<T> {
    const attempt = async (token?: string) => read(await call(this.#way, method, path, body, options, token))
    const credentials = this.#credentials
    if (!credentials) return attempt()

    const signedIn = async () => {
      const token = await credentials.token()
      try {
        return await attempt(token)
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 401 || !STALE_TOKEN.has(error.code)) throw error
        return attempt(await credentials.renew())
      }
    }
    return this.#stepUp ? this.#stepUp.around(signedIn) : signedIn()
  }
}

async function call(
  way: Way,
  method: Method,
  path: string,
  body: unknown,
  options: RequestOptions,
  token?: string,
): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' })
  // The refresh token stays in a cookie of the app's own origin; other programs hold it themselves.
  if (way.server === undefined) headers.set('X-Renexus-Client', 'browser')
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
  if (body !== undefined) headers.set('Content-Type', body instanceof Blob ? body.type : 'application/json')
  if (options.version !== undefined) headers.set('If-Match', `"${options.version}"`)

  const began = Date.now()
  const traced = (response?: Response) =>
    way.tracer?.call({
      at: began,
      method,
      path,
      status: response?.status ?? 0,
      milliseconds: Date.now() - began,
      correlationId: response?.headers.get('X-Correlation-Id') ?? undefined,
    })
  const response = await reach(way.fetch ?? fetch, (way.server ?? '') + path + search(options.query), {
    method,
    headers,
    body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
    credentials: way.server === undefined ? 'same-origin' : 'omit',
    signal: AbortSignal.any([
      AbortSignal.timeout(options.timeout ?? TIMEOUT),
      ...(options.signal ? [options.signal] : []),
    ]),
  }).catch((error: unknown) => {
    traced()
    throw error
  })
  traced(response)

  if (!response.ok) throw await problemOf(response)
  return response
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Tells a caller's own abort (passed on as it is) from a network that failed. */
async function reach(by: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await by(url, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable(error)
  }
}

function search(query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}
