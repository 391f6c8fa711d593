import { Problem } from '@/lib/problem'

/** The wire of `/ws` (docs/protocol.md): one envelope for everything, in a frame alone or in an array. */

export const SUBPROTOCOL = 'renexus.v1'
export const SESSION = '$session'

export interface Message {
  type: 'subscribe' | 'unsubscribe' | 'update' | 'error'
  channel?: string
  payload?: Payload
  timestamp?: number
  id?: string
  re?: string
  v?: number
  e?: string
}

export type Payload = Readonly<Record<string, unknown>>

/** A committed create, update or delete, as everybody on the channel hears it. */
export interface Change {
  channel: string
  v: number
  op: 'create' | 'update' | 'delete'
  resource: string
  resourceId: string
  data: unknown
  actor: string | null
  /** The id of the write that caused it. */
  cause: string | null
  /** It is what the server answered to an operation of this person, and may be the answer of a first time long ago. */
  isAnswer?: true
}

/** A step of a document's text; `changes` is the JSON of a CodeMirror ChangeSet. */
export interface TextUpdate {
  clientID: string
  changes: unknown
}

/** Steps of a document's text that the server accepted, as everybody on its channel hears them. */
export interface TextUpdates {
  channel: string
  v: number
  /** The document's version before them. */
  from: number
  updates: readonly TextUpdate[]
}

export interface Position {
  channel: string
  v?: number
  e?: string
  presence?: true
}

/** What a closed socket means for the next step. */
export type Ending = 'return' | 'return-without-session' | 'return-with-new-token' | 'signed-out' | 'stop'

const ENDINGS: Readonly<Record<number, Ending>> = {
  4004: 'return-without-session',
  4010: 'return-with-new-token',
  4500: 'return-with-new-token',
  4504: 'signed-out',
}

/** 4000–4499 and everything the network itself ends come back; 4500–4999 stop. */
export function endingOf(closeCode: number): Ending {
  return ENDINGS[closeCode] ?? (closeCode >= 4500 && closeCode <= 4999 ? 'stop' : 'return')
}

/** The server takes its leave in order: 4000 is its own word for it, 1001 and 1012 are the protocol's. */
export const isRestart = (closeCode: number): boolean => [4000, 1001, 1012].includes(closeCode)

/** The messages of one frame, in order; what cannot be read is left out, since nothing sensible can be done about it. */
export function parseFrame(frame: unknown): Message[] {
  if (typeof frame !== 'string') return []
  try {
    const parsed: unknown = JSON.parse(frame)
    return (Array.isArray(parsed) ? parsed : [parsed]).filter(isMessage)
  } catch {
    return []
  }
}

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'type' in value

export function changeOf(message: Message): Change | undefined {
  const { channel, v, payload } = message
  const op = payload?.op
  if (message.type !== 'update' || message.re !== undefined || channel === undefined || v === undefined)
    return undefined
  if (op !== 'create' && op !== 'update' && op !== 'delete') return undefined
  return {
    channel,
    v,
    op,
    resource: String(payload?.resource),
    resourceId: String(payload?.resourceId),
    data: payload?.data,
    actor: stringOrNull(payload?.actor),
    cause: stringOrNull(payload?.cause),
  }
}

export function textUpdatesOf({ type, channel, v, re, payload }: Message): TextUpdates | undefined {
  if (type !== 'update' || re !== undefined || channel === undefined || v === undefined) return undefined
  if (payload?.op !== 'updates' || typeof payload.from !== 'number' || !Array.isArray(payload.updates)) return undefined
  return { channel, v, from: payload.from, updates: payload.updates as TextUpdate[] }
}

export function problemOfMessage(message: Message): Problem {
  const payload = message.payload ?? {}
  const retryAfter = payload.retryAfter
  return new Problem(
    stringOrNull(payload.code) ?? 'internal',
    stringOrNull(payload.message) ?? 'The server refused the request.',
    { retryable: payload.retryable === true, retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined },
  )
}

const stringOrNull = (value: unknown) => (typeof value === 'string' ? value : null)
