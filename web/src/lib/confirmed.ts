import type { Confirmed } from './outbox'
import type { Change } from './realtime/protocol'
import type { Realtime } from './realtime/realtime'

/** What takes its version from the channel that it is on (docs/protocol.md, Versions). */
const PLACED = new Set(['message', 'reaction'])

/**
 * What changes here with something that the server carried out. Nothing, when the channel has come past that place: then what is
 * held has it already and may know what became of it since, for an operation that comes again is answered as the first time.
 */
export function confirmedChange(
  realtime: Pick<Realtime, 'versionOf'>,
  { outgoing: { id, channel, op, resource, resourceId = id }, data, v }: Confirmed,
): Change | undefined {
  if (PLACED.has(resource) && v <= (realtime.versionOf(channel) ?? -1)) return undefined
  return { channel, v, op, resource, resourceId, data, actor: null, cause: id, isAnswer: true }
}
