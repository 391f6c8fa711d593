import { threadChannel } from '@/lib/channels'
import { realtime } from '@/lib/client'
import type { History } from './history'

/** So many messages of a thread are kept on the device. */
const MOST_KEPT = 100

/** What is kept of an answer on the device; of a thread's messages its end, with the version up to which it is known. */
export function threadToKeep([first, threadId, third]: readonly unknown[], data: unknown): unknown {
  if (first !== 'threads' || third !== 'messages') return data
  const { messages, hasOlder, hasNewer, keptAt } = data as History
  if (hasNewer) return undefined
  const version = keptAt ?? realtime.versionOf(threadChannel(String(threadId)))
  return {
    messages: messages.slice(-MOST_KEPT),
    hasOlder: hasOlder || messages.length > MOST_KEPT,
    hasNewer: false,
    ...(version !== undefined && { keptAt: version }),
  } satisfies History
}
