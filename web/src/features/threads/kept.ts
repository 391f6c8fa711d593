import type { History } from './history'

/** So many messages of a thread are kept on the device. */
const MOST_KEPT = 100

/** What is kept of an answer on the device; of a thread's messages its end. */
export function threadToKeep([first, , third]: readonly unknown[], data: unknown): unknown {
  if (first !== 'threads' || third !== 'messages') return data
  const { messages, hasOlder, hasNewer } = data as History
  if (hasNewer) return undefined
  return {
    messages: messages.slice(-MOST_KEPT),
    hasOlder: hasOlder || messages.length > MOST_KEPT,
    hasNewer: false,
    isKept: true,
  } satisfies History
}
