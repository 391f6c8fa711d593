import { StateEffect, StateField, type Range } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'

/** A stretch of the text that a comment is about. */
export interface CommentMark {
  id: string
  from: number
  to: number
  isCurrent: boolean
}

export const setCommentMarks = StateEffect.define<readonly CommentMark[]>()

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(known, { changes, effects }) {
    const set = effects.findLast((effect) => effect.is(setCommentMarks))
    return set ? decorated(set.value) : known.map(changes)
  },
  provide: (field) => EditorView.decorations.from(field),
})

function decorated(some: readonly CommentMark[]): DecorationSet {
  const ranges = some
    .filter(({ from, to }) => from < to)
    .map(({ id, from, to, isCurrent }): Range<Decoration> =>
      Decoration.mark({
        class: isCurrent ? 'cm-comment cm-comment-current' : 'cm-comment',
        attributes: { 'data-comment': id },
      }).range(from, to),
    )
  return Decoration.set(ranges, true)
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
