import type { Message } from '@/api/types'
import { readable } from '@/lib/mentions'
import { dayNumber } from './times'

const GROUP_WITHIN = 5 * 60_000

/** Whether a message continues the one above it: same author, same day, soon after. It then needs no name of its own. */
export function continues(above: Message | undefined, message: Message): boolean {
  if (!above || message.replyTo !== null) return false
  return (
    above.authorId === message.authorId &&
    isSameDay(above.createdAt, message.createdAt) &&
    Date.parse(message.createdAt) - Date.parse(above.createdAt) < GROUP_WITHIN
  )
}

/** By the reader's calendar, not the server's. */
export const isSameDay = (one: string, other: string): boolean => dayNumber(one) === dayNumber(other)

/** The whole limit of a message on its way (GW-10), and what travels around the text. */
const MOST_BYTES = 102_400
const ENVELOPE_BYTES = 512
/** A sign takes three bytes at most, or six when it must be escaped. */
const CERTAINLY_SHORT = 12_000

const encoder = new TextEncoder()

/** How many bytes are left for a text; negative when it is too long. Infinite while it is certainly short. */
export function bytesLeft(text: string): number {
  if (text.length < CERTAINLY_SHORT) return Infinity
  return MOST_BYTES - ENVELOPE_BYTES - encoder.encode(JSON.stringify(text)).length
}

/** From here on the room that is left is shown. */
export const SHOW_BYTES_LEFT = 20_000

/** One line of a message, for a quote or an announcement. */
export function excerptOf(body: string, most = 140): string {
  const line = readable(body)
    .replaceAll(/```[\s\S]*?(```|$)/g, '…')
    .replaceAll(/[*_~`>#]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
