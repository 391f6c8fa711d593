/** The codes of the contract; the server may add more specific ones. */
export type ProblemCode =
  | 'validation_failed'
  | 'unauthenticated'
  | 'token_expired'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'payload_too_large'
  | 'rate_limited'
  | 'internal'
  | 'unavailable'
  | 'connection_limit'
  | (string & {})

export interface ProblemDetails {
  /** The HTTP status; 0 when the problem came over the socket. */
  status?: number
  /** Whether the same request may succeed later, unchanged. */
  retryable?: boolean
  /** Seconds the server asks to wait. */
  retryAfter?: number | undefined
  /** What is wrong with each field of the request. */
  errors?: Readonly<Record<string, readonly string[]>>
  /** What support needs to find the request in the logs. */
  traceId?: string | undefined
  /** What else the answer says, by its kind of problem. */
  members?: Readonly<Record<string, unknown>>
}

/** What the server refused, whether over HTTP (RFC 9457) or over the socket. Branch on `code`, never on the text. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly status: number
  readonly retryable: boolean
  readonly retryAfter: number | undefined
  readonly errors: Readonly<Record<string, readonly string[]>>
  readonly traceId: string | undefined
  readonly members: Readonly<Record<string, unknown>>

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message)
    this.code = code
    this.status = details.status ?? 0
    this.retryable = details.retryable ?? false
    this.retryAfter = details.retryAfter
    this.errors = details.errors ?? {}
    this.traceId = details.traceId
    this.members = details.members ?? {}
  }
}

/** The server could not be reached, or did not answer in time: nothing is known about the request's fate. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'

  constructor(cause?: unknown) {
    super('The server cannot be reached.', { cause })
  }
}

/**
 * For what is read again because continuity was lost: until it is, what is held has a gap that no later change closes, so
 * an outage does not end the trying.
 */
export const untilAnswered = (_failures: number, error: Error): boolean =>
  !(error instanceof Problem) || error.retryable

const RETRYABLE = new Set([408, 429, 502, 503, 504])

export async function problemOf(response: Response): Promise<Problem> {
  const body = await readObject(response)
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const code = text(body.code) ?? 'internal'
  const message = text(body.detail) ?? text(body.title) ?? `The server answered ${response.status}.`
  return new Problem(code, message, {
    status: response.status,
    retryable: RETRYABLE.has(response.status),
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    errors: fieldErrors(body.errors),
    traceId: text(body.traceId) ?? response.headers.get('X-Correlation-Id') ?? undefined,
    members: body,
  })
}

/** A proxy in between may answer with anything; then the status alone has to do. */
async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json()
    return isRecord(body) ? body : {}
  } catch {
    return {}
  }
}

function fieldErrors(value: unknown): Record<string, string[]> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([field, messages]) => [
      field,
      Array.isArray(messages) ? messages.map(String) : [String(messages)],
    ]),
  )
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
