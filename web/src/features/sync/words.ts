import type { Outgoing } from '@/lib/outbox'

/** What the person is told of what waits. */
export const waitingWords = (count: number): string =>
  count === 1 ? '1 change waits on this device' : `${count} changes wait on this device`

const verbs = { create: 'New', update: 'Change of', delete: 'Deletion of' }
const things: Readonly<Record<string, string>> = { preferences: 'your preferences', content: 'a content item' }
const made: Readonly<Record<string, string>> = { content: 'content item' }

/** What somebody wants, in a few words. */
export function kindOf({ op, resource }: Pick<Outgoing, 'op' | 'resource'>): string {
  if (op === 'create') return `${verbs.create} ${made[resource] ?? resource}`
  return `${verbs[op]} ${things[resource] ?? `a ${resource}`}`
}

/** What it says, so that nobody has to remember. */
export function textOf(data: Readonly<Record<string, unknown>> | null | undefined): string {
  const text = data?.body ?? data?.title ?? data?.emoji
  return typeof text === 'string' ? text : ''
}
