import { StateEffect, StateField, type EditorState, type Range } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

/** A stretch of the text that a comment is about. */
export interface CommentMark {
  id: string
  /** Where it is; absent when nobody can tell from what the server said: then it stays where it is marked. */
  place?: { from: number; to: number } | undefined
  isCurrent: boolean
}

export const setCommentMarks = StateEffect.define<readonly CommentMark[]>()

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(known, { changes, effects }) {
    const set = effects.findLast((effect) => effect.is(setCommentMarks))
    const moved = known.map(changes)
    return set ? decorated(set.value, moved) : moved
  },
  provide: (field) => EditorView.decorations.from(field),
})

function decorated(some: readonly CommentMark[], known: DecorationSet): DecorationSet {
  const ranges = some.flatMap(({ id, place = rangeOf(known, id), isCurrent }): Range<Decoration>[] => {
    if (!place || place.from >= place.to) return []
    const mark = Decoration.mark({
      class: isCurrent ? 'cm-comment cm-comment-current' : 'cm-comment',
      attributes: { 'data-comment': id },
      comment: id,
    })
    return [mark.range(place.from, place.to)]
  })
  return Decoration.set(ranges, true)
}

const idOf = ({ spec }: Decoration): unknown => (spec as { comment?: unknown }).comment

function rangeOf(known: DecorationSet, id: string): { from: number; to: number } | undefined {
  const cursor = known.iter()
  while (cursor.value && idOf(cursor.value) !== id) cursor.next()
  return cursor.value ? { from: cursor.from, to: cursor.to } : undefined
}

/** Where a comment is in the text as it is now. */
export const placeOfComment = (state: EditorState, id: string): { from: number; to: number } | undefined =>
  rangeOf(state.field(marks), id)

/** The comment that the cursor is in, the innermost where there are several. */
export function commentAtCursor(state: EditorState): string | undefined {
  const { head } = state.selection.main
  let found: { id: string; length: number } | undefined
  state.field(marks).between(head, head, (from, to, mark) => {
    const id = idOf(mark)
    if (typeof id === 'string' && (!found || to - from < found.length)) found = { id, length: to - from }
  })
  return found?.id
}

/** Shows what is commented, and tells when such a place is chosen. */
export const commentMarks = (onOpen: (id: string) => void) => [
  marks,
  EditorView.domEventHandlers({
    click: ({ target }) => {
      const id = target instanceof Element ? target.closest<HTMLElement>('[data-comment]')?.dataset.comment : undefined
      if (id !== undefined) onOpen(id)
      return false
    },
  }),
]
