import type { Message } from '@/api/types'
import { threadChannel } from '@/lib/channels'
import { mentionedIn } from '@/lib/mentions'
import type { Change } from '@/lib/realtime/protocol'
import type { Realtime } from '@/lib/realtime/realtime'
import { withReaction, type ReactionData } from './reactions'

/** A message, and a version of its thread at which it was known to say what it says: what a change of it is based on. */
export interface HeldMessage extends Message {
  textAt?: number | undefined
}

/** The stretch of a thread that is held here: oldest first, without a gap, and bounded. */
export interface History {
  messages: HeldMessage[]
  /** There are messages before the first one. */
  hasOlder: boolean
  /** There are messages after the last one: then news of new ones is not for this stretch. */
  hasNewer: boolean
  /** It was kept on this device, and was not compared with the server's yet. */
  isKept?: true
}

/** What is kept around the reader; what is further away is dropped and read again when it is wanted. */
export const MOST_HELD = 600
/** Nobody trims while nobody reads: a thread that is only catching up is cut by itself. */
const MOST_CAUGHT_UP = 2_000

export type MessageChange = Pick<Change, 'op' | 'resource' | 'resourceId' | 'data' | 'v'>

/** Messages as they were read when their thread had this version, or a later one: an older base is never wrong. */
export const readAt = (messages: readonly Message[], version: number | undefined): HeldMessage[] =>
  messages.map((message) => ({ ...message, textAt: Math.max(version ?? 0, message.version) }))

/** What a change of a message is based on. Its own version names its first text. */
export const baseOf = ({ textAt, version }: HeldMessage): number => textAt ?? version

/**
 * The stretch after a change. A create that is known already is left as it is, because what is held may be newer
 * (edited since), and so is a text that is newer than the change: an acknowledgement may overtake what came before it.
 */
export function withChange(history: History, change: MessageChange): History {
  const { messages } = history
  if (change.resource === 'reaction') return withReactionIn(history, change)
  if (change.resource !== 'message') return history
  const known = messages.findIndex((message) => message.id === change.resourceId)
  switch (change.op) {
    case 'create':
      if (known >= 0 || history.hasNewer) return history
      return cut({ ...history, messages: readAt([change.data as Message], change.v).reduce(inOrder, messages) })
    case 'update':
      return withText(history, known, change)
    case 'delete':
      return known < 0 ? history : { ...history, messages: messages.toSpliced(known, 1) }
  }
}

/** Loads a stretch so that nothing falls between its answer and what arrives live. */
export async function loadLive(realtime: Realtime, threadId: string, load: () => Promise<History>): Promise<History> {
  const { value, changes, since } = await realtime.load(threadChannel(threadId), load)
  return changes.reduce(withChange, { ...value, messages: readAt(value.messages, since) })
}

function withText(history: History, at: number, { data, v }: MessageChange): History {
  const held = history.messages[at]
  if (!held || (held.textAt ?? 0) > v) return history
  return { ...history, messages: history.messages.with(at, { ...(data as Message), textAt: v }) }
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
function inOrder(messages: HeldMessage[], message: HeldMessage): HeldMessage[] {
  const before = messages.findLastIndex((one) => one.version < message.version)
  return messages.toSpliced(before + 1, 0, message)
}

const cut = (history: History): History =>
  history.messages.length > MOST_CAUGHT_UP ? trimmed(history, 'start') : history

export function withOlder(history: History, page: readonly HeldMessage[], hasOlder: boolean): History {
  const first = history.messages[0]?.version ?? Infinity
  return { ...history, messages: [...page.filter(({ version }) => version < first), ...history.messages], hasOlder }
}

export function withNewer(history: History, page: readonly HeldMessage[], hasNewer: boolean): History {
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
