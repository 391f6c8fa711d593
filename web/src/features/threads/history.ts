import type { Message } from '@/api/types'
import { mentionedIn } from '@/lib/mentions'
import type { Change } from '@/lib/realtime/protocol'
import { withReaction, type ReactionData } from './reactions'

/** The stretch of a thread that is held here: oldest first, without a gap, and bounded. */
export interface History {
  messages: Message[]
  /** There are messages before the first one. */
  hasOlder: boolean
  /** There are messages after the last one: then news of new ones is not for this stretch. */
  hasNewer: boolean
  /** Kept on this device since its thread had this version, and not compared with the server's yet. */
  keptAt?: number
}

/** What is kept around the reader; what is further away is dropped and read again when it is wanted. */
export const MOST_HELD = 600
/** Nobody trims while nobody reads: a thread that is only catching up is cut by itself. */
const MOST_CAUGHT_UP = 2_000

export type MessageChange = Pick<Change, 'op' | 'resource' | 'resourceId' | 'data'>

/**
 * The stretch after a change. A create that is known already is left as it is, because what is held may be newer
 * (edited since).
 */
export function withChange(history: History, change: MessageChange): History {
  const { messages } = history
  if (change.resource === 'reaction') return withReactionIn(history, change)
  if (change.resource !== 'message') return history
  const known = messages.findIndex((message) => message.id === change.resourceId)
  switch (change.op) {
    case 'create':
      if (known >= 0 || history.hasNewer) return history
      return cut({ ...history, messages: inOrder(messages, change.data as Message) })
    case 'update':
      return known < 0 ? history : { ...history, messages: messages.with(known, change.data as Message) }
    case 'delete':
      return known < 0 ? history : { ...history, messages: messages.toSpliced(known, 1) }
  }
}

function withReactionIn(history: History, { op, data }: MessageChange): History {
  const reaction = data as ReactionData
  const at = history.messages.findIndex(({ id }) => id === reaction.messageId)
  const known = history.messages[at]
  if (!known || op === 'update') return history
  const next = withReaction(known, reaction, op)
  return next === known ? history : { ...history, messages: history.messages.with(at, next) }
}

/** An acknowledgement may come before the broadcast of an earlier message of somebody else. */
function inOrder(messages: Message[], message: Message): Message[] {
  const before = messages.findLastIndex((one) => one.version < message.version)
  return messages.toSpliced(before + 1, 0, message)
}

const cut = (history: History): History =>
  history.messages.length > MOST_CAUGHT_UP ? trimmed(history, 'start') : history

export function withOlder(history: History, page: readonly Message[], hasOlder: boolean): History {
  const first = history.messages[0]?.version ?? Infinity
  return { ...history, messages: [...page.filter(({ version }) => version < first), ...history.messages], hasOlder }
}

export function withNewer(history: History, page: readonly Message[], hasNewer: boolean): History {
  const last = history.messages.at(-1)?.version ?? 0
  return { ...history, messages: [...history.messages, ...page.filter(({ version }) => version > last)], hasNewer }
}

/** Drops what is too much, at the end that the reader is far from. */
export function trimmed(history: History, at: 'start' | 'end'): History {
  const { messages } = history
  if (messages.length <= MOST_HELD) return history
  return at === 'start'
    ? { ...history, messages: messages.slice(-MOST_HELD), hasOlder: true }
    : { ...history, messages: messages.slice(0, MOST_HELD), hasNewer: true }
}

/** Whether what stands at this place, or would, is within the stretch. */
export function covers(history: History, version: number): boolean {
  const { messages, hasOlder, hasNewer } = history
  const [first, last] = [messages[0], messages.at(-1)]
  if (!first || !last) return !hasOlder && !hasNewer
  return (version >= first.version || !hasOlder) && (version <= last.version || !hasNewer)
}

/** Where the message of this version is, or the next one when it is gone; the end when none follows. */
export function indexAt(messages: readonly Message[], version: number): number {
  const found = messages.findIndex((message) => message.version >= version)
  return found < 0 ? messages.length - 1 : found
}

/** How many messages of others come after a place; unknown when the stretch does not reach from there to the end. */
export const unreadAfter = (history: History | undefined, version: number, me: string | undefined) =>
  othersAfter(history, version, me)?.length

/** How many of those mention this person. */
export const mentionsAfter = (history: History | undefined, version: number, me: string | undefined) =>
  othersAfter(history, version, me)?.filter(({ body }) => me !== undefined && mentionedIn(body).includes(me)).length

function othersAfter(history: History | undefined, version: number, me: string | undefined): Message[] | undefined {
  if (!history || history.hasNewer) return undefined
  const first = history.messages[0]
  if (history.hasOlder && (!first || first.version > version + 1)) return undefined
  return history.messages.filter((message) => message.version > version && message.authorId !== me)
}
