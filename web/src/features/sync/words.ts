import type { Outgoing } from '@/lib/outbox'

/** What the person is told of what waits. */
export const waitingWords = (count: number): string =>
  count === 1 ? '1 change waits on this device' : `${count} changes wait on this device`

const things: Readonly<Record<string, string>> = { message: 'message', thread: 'thread' }
const verbs = { create: 'New', update: 'Change of a', delete: 'Deletion of a' }

/** What somebody wants, in a few words. */
export const kindOf = ({ op, resource }: Pick<Outgoing, 'op' | 'resource'>): string =>
  `${verbs[op]} ${things[resource] ?? resource}`

/** What it says, so that nobody has to remember. */
export function textOf(data: Readonly<Record<string, unknown>> | null | undefined): string {
  const text = data?.body ?? data?.title
  return typeof text === 'string' ? text : ''
}
