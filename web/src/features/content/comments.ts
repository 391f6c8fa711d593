import type { ContentComment } from '@/api/types'
import type { Change } from '@/lib/realtime/protocol'

/** An item's comments after a change of one of them; one that is already in changes nothing. */
export function withComment(
  comments: ContentComment[],
  { op, resourceId, data }: Pick<Change, 'op' | 'resourceId' | 'data'>,
): ContentComment[] {
  const at = comments.findIndex(({ id }) => id === resourceId)
  if (op === 'delete') return at < 0 ? comments : comments.toSpliced(at, 1)
  const comment = data as ContentComment
  const known = comments[at]
  if (!known) return [...comments, comment]
  return comment.version >= known.version ? comments.with(at, comment) : comments
}

/** In the order of the text; those whose place is gone last. */
export const inTextOrder = (comments: readonly ContentComment[]): ContentComment[] =>
  [...comments].sort(
    (one, other) =>
      Number(one.orphaned) - Number(other.orphaned) ||
      one.from - other.from ||
      (one.createdAt < other.createdAt ? -1 : 1),
  )

/** Whether the places of some of them are those of an older text. */
export const isBehind = (comments: readonly ContentComment[], document: number): boolean =>
  comments.some((comment) => comment.document < document)
