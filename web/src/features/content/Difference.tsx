import { unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { Picture } from './editor/picture'
import { useContentFiles, type ContentFiles } from './files'

interface DifferenceProps {
  before: string
  after: string
  label: string
}

const look = EditorView.theme({
  '&': { fontSize: '0.8125rem', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent-ink)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'transparent', padding: '0.75rem 0' },
  '&.cm-merge-b .cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--success-ground)' },
  '.cm-deletedChunk, .cm-deletedLine': { backgroundColor: 'var(--danger-ground)' },
  '.cm-deletedChunk .cm-deletedLine del': { textDecoration: 'none' },
  '&.cm-merge-b .cm-changedText': {
    background: 'none',
    textDecoration: 'underline',
    textDecorationColor: 'var(--success)',
    textDecorationThickness: '2px',
  },
  '.cm-deletedChunk .cm-deletedText': {
    background: 'none',
    textDecoration: 'line-through',
    textDecorationColor: 'var(--danger)',
  },
  '.cm-collapsedLines': { background: 'var(--hover)', color: 'var(--ink-soft)', padding: '0.25rem 1rem' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: 'none' },
  '.cm-picture > img': { display: 'block', maxWidth: '100%', maxHeight: '8rem' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none' },
  '.cm-changeGutter .cm-changedLineGutter': { background: 'var(--success)' },
  '.cm-changeGutter .cm-deletedLineGutter': { background: 'var(--danger)' },
})

const IMAGE = /!\[([^\]]*)\]\((\S+?)\)/g

/** The pictures of a text, each behind the words that name it. */
function picturesIn(text: string, addressOf: ContentFiles['addressOf']): DecorationSet {
  const places = [...text.matchAll(IMAGE)].flatMap(({ 0: { length }, 1: alt = '', 2: source = '', index }) => {
    const address = addressOf(source)
    if (!address) return []
    return [Decoration.widget({ widget: new Picture(source, alt, address), side: 1 }).range(index + length)]
  })
  return Decoration.set(places)
}

/** What went and what came, in one text. Comes in a chunk of its own, with the editor that shows it. */
export function Difference({ before, after, label }: DifferenceProps) {
  const place = useRef<HTMLDivElement>(null)
  const { addressOf } = useContentFiles()

  useEffect(() => {
    if (!place.current) return
    // The page's policy allows no style elements, and under a root of its own the editor makes style sheets instead.
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' })
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: after,
        extensions: [
          look,
          EditorView.lineWrapping,
          EditorView.decorations.of(picturesIn(after, addressOf)),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            highlightChanges: true,
            gutter: true,
            collapseUnchanged: { margin: 2, minSize: 6 },
          }),
        ],
      }),
    })
    return () => view.destroy()
  }, [before, after, label, addressOf])

  return (
    <>
      {before === after && <p className="text-sm text-ink-soft">Both say the same.</p>}
      <div
        ref={place}
        hidden={before === after}
        className="max-h-[50vh] overflow-y-auto rounded-lg border border-line bg-surface"
      />
    </>
  )
}
