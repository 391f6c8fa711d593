import { Annotation, EditorState, Transaction, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import type { DocumentSession } from '@/lib/documents/document-session'
import { peerMoved } from './cursors'

const fromSession = Annotation.define<boolean>()

/** Hears what is typed, and where. */
const tellsOf = (session: DocumentSession): Extension =>
  EditorView.updateListener.of(({ transactions, state, view, docChanged, selectionSet, focusChanged }) => {
    for (const transaction of transactions)
      if (transaction.docChanged && !transaction.annotation(fromSession)) session.typed(transaction.changes)
    // What others write moves one's place along without one's doing anything.
    const isOwn = transactions.some((transaction) => !transaction.annotation(fromSession))
    if (view.hasFocus && !state.readOnly && ((isOwn && (docChanged || selectionSet)) || focusChanged)) {
      const { anchor, head } = state.selection.main
      session.select(anchor, head)
    }
  })

export interface Binding {
  view: EditorView
  leave: () => void
}

/** Ties an editor to a document: each does what the other one tells. */
export function bind(
  session: DocumentSession,
  parent: HTMLElement,
  extensions: Extension,
  nameOf: (userId: string) => string,
): Binding {
  const state = EditorState.create({ doc: session.text, extensions: [extensions, tellsOf(session)] })
  const view = new EditorView({ state, parent })
  let told = 0
  const leave = session.follow({
    changed: (changes) =>
      view.dispatch({
        changes,
        // Undo takes back one's own alone.
        annotations: [fromSession.of(true), Transaction.remote.of(true), Transaction.addToHistory.of(false)],
        filter: false,
      }),
    moved: (editor, place) =>
      view.dispatch({
        effects: peerMoved.of({
          editor,
          peer: place && { ...place, name: nameOf(place.userId), told: ++told },
        }),
        annotations: fromSession.of(true),
      }),
  })
  return {
    view,
    leave: () => {
      leave()
      view.destroy()
    },
  }
}
