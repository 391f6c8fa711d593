import { completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { deleteMarkupBackward, insertNewlineContinueMarkup, markdownLanguage } from '@codemirror/lang-markdown'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState, Prec, Transaction, type Extension } from '@codemirror/state'
import { EditorView, keymap, placeholder, type KeyBinding } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { wellFormed } from '@/lib/documents/text-changes'
import { commentMarks } from './comment-marks'
import { remoteCursors } from './cursors'
import { indentItem, insertLink, outdentItem, toggleBlock, toggleInline } from './formatting'
import { picturesOnTheirWay } from './picture-uploads'
import { livePreview, toggleTask, type FindPicture } from './preview'
import { slashMenu } from './slash-menu'

const looks = HighlightStyle.define([
  { tag: tags.strong, class: 'cm-strong' },
  { tag: tags.emphasis, class: 'cm-emphasis' },
  { tag: tags.strikethrough, class: 'cm-strike' },
  { tag: tags.monospace, class: 'cm-monospace' },
  { tag: tags.link, class: 'cm-link' },
  { tag: tags.url, class: 'cm-url' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], class: 'cm-mark' },
])

const keys: readonly KeyBinding[] = [
  { key: 'Mod-b', run: toggleInline('bold') },
  { key: 'Mod-i', run: toggleInline('italic') },
  { key: 'Mod-e', run: toggleInline('code') },
  { key: 'Mod-Shift-x', run: toggleInline('strike') },
  // Without a selection these keys find anything, as everywhere.
  { key: 'Mod-k', run: (view) => !view.state.selection.main.empty && insertLink(view) },
  { key: 'Mod-Shift-k', run: insertLink },
  { key: 'Mod-Alt-1', run: toggleBlock('h1') },
  { key: 'Mod-Alt-2', run: toggleBlock('h2') },
  { key: 'Mod-Alt-3', run: toggleBlock('h3') },
  { key: 'Mod-Alt-0', run: toggleBlock('text') },
  { key: 'Mod-Shift-7', run: toggleBlock('numbers') },
  { key: 'Mod-Shift-8', run: toggleBlock('bullets') },
  { key: 'Mod-Shift-9', run: toggleBlock('tasks') },
  { key: 'Mod-Shift-.', run: toggleBlock('quote') },
  { key: 'Mod-Enter', run: (view) => toggleTask(view, view.state.selection.main.head) },
  { key: 'Tab', run: indentItem, shift: outdentItem },
  { key: 'Enter', run: insertNewlineContinueMarkup },
  { key: 'Backspace', run: deleteMarkupBackward },
]

const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta', 'Tab'])

/**
 * After Escape the next Tab leaves the text. The editor's own way to that ends after two seconds, and does not begin when something else took
 * the key, such as a menu that was about to open; nobody has to be quick, or to know of that.
 */
const leavable = EditorView.domEventObservers({
  keydown: ({ key }, view) => {
    if (key === 'Escape') view.setTabFocusMode(true)
    else if (!modifiers.has(key)) view.setTabFocusMode(false)
  },
  blur: (_, view) => view.setTabFocusMode(false),
})

/** Half a pair of surrogates, which only a paste or a program can bring, is taken by no server. */
const onlyWholeSigns = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.annotation(Transaction.remote)) return transaction
  const isWhole = transaction.newDoc.length < 2 || !hasHalves(transaction)
  if (isWhole) return transaction
  const changes: { from: number; to: number; insert: string }[] = []
  transaction.changes.iterChanges((from, to, _, __, inserted) =>
    changes.push({ from, to, insert: wellFormed(inserted.toString()) }),
  )
  return [transaction.startState.update({ changes, scrollIntoView: true })]
})

function hasHalves({ changes }: Transaction): boolean {
  let has = false
  changes.iterChanges((_, __, ___, ____, inserted) => {
    has ||= /\p{Surrogate}/u.test(inserted.toString())
  })
  return has
}

export interface EditorOptions {
  label: string
  /** What helps those who do not see it is in the element of this id. */
  hintId: string
  mayWrite: boolean
  findPicture: FindPicture
  onImage?: ((view: EditorView) => void) | undefined
  /** Takes files that were dropped or pasted at a place, or leaves them. */
  onFiles: (view: EditorView, files: readonly File[], at: number) => boolean
  onOpenComment: (id: string) => void
}

/** Everything that makes an editor of a document, but for the document itself. */
export function editorExtensions({
  label,
  hintId,
  mayWrite,
  findPicture,
  onImage,
  onFiles,
  onOpenComment,
}: EditorOptions): Extension {
  return [
    EditorState.readOnly.of(!mayWrite),
    EditorView.editable.of(mayWrite),
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-describedby': hintId,
      spellcheck: 'true',
      autocorrect: 'on',
      autocapitalize: 'sentences',
      // Who cannot write reads and scrolls by key all the same.
      ...(!mayWrite && { tabindex: '0', 'aria-readonly': 'true' }),
    }),
    EditorView.lineWrapping,
    markdownLanguage,
    syntaxHighlighting(looks),
    livePreview(findPicture),
    history(),
    search({ top: true }),
    slashMenu(onImage),
    commentMarks(onOpenComment),
    remoteCursors,
    picturesOnTheirWay,
    leavable,
    onlyWholeSigns,
    placeholder(mayWrite ? 'Write, or press / for more' : 'Nothing is written here yet'),
    Prec.high(keymap.of(keys)),
    keymap.of([...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.domEventHandlers({
      paste: ({ clipboardData }, view) =>
        onFiles(view, [...(clipboardData?.files ?? [])], view.state.selection.main.to),
      drop: ({ dataTransfer, clientX, clientY }, view) =>
        onFiles(view, [...(dataTransfer?.files ?? [])], view.posAtCoords({ x: clientX, y: clientY }, false)),
    }),
  ]
}
