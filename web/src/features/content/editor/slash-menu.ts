import {
  autocompletion,
  closeCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { insertBlock, insertLink, toggleBlock, type Block } from './formatting'

/** What can be put in by a slash at the beginning of a word. */
interface Entry {
  label: string
  /** What it looks like when it is written. */
  detail: string
  put: (view: EditorView) => void
}

const block = (label: string, detail: string, kind: Block): Entry => ({
  label,
  detail,
  put: (view) => void toggleBlock(kind)(view),
})

const TABLE = '| Column | Column |\n| --- | --- |\n|  |  |'

const entries: readonly Entry[] = [
  block('Heading 1', '#', 'h1'),
  block('Heading 2', '##', 'h2'),
  block('Heading 3', '###', 'h3'),
  block('Bulleted list', '-', 'bullets'),
  block('Numbered list', '1.', 'numbers'),
  block('To-do list', '- [ ]', 'tasks'),
  block('Quote', '>', 'quote'),
  { label: 'Code block', detail: '```', put: (view) => insertBlock(view, '```\n\n```', [4, 4]) },
  { label: 'Table', detail: '| |', put: (view) => insertBlock(view, TABLE, [2, 8]) },
  { label: 'Divider', detail: '---', put: (view) => insertBlock(view, '---\n', [4, 4]) },
  { label: 'Link', detail: '[ ]( )', put: (view) => void insertLink(view) },
]

export function slashMenu(onImage: ((view: EditorView) => void) | undefined): Extension {
  const all = onImage ? [...entries, { label: 'Picture', detail: '![ ]( )', put: onImage }] : entries
  const options = all.map(({ label, detail, put }, at): Completion => ({
    label: `/${label}`,
    displayLabel: label,
    detail,
    boost: -at,
    apply: (view, _, from, to) => {
      view.dispatch({ changes: { from, to }, userEvent: 'input.complete' })
      closeCompletion(view)
      put(view)
    },
  }))
  return autocompletion({
    override: [(context) => found(context, options)],
    icons: false,
    // The slash was meant, so Enter that follows at once is meant, too.
    interactionDelay: 0,
    tooltipClass: () => 'cm-slash-menu',
  })
}

function found(context: CompletionContext, options: readonly Completion[]): CompletionResult | null {
  const word = context.matchBefore(/(?:^|\s)\/[\p{L}\p{N} -]*$/u)
  if (!word || context.state.readOnly) return null
  const name = syntaxTree(context.state).resolveInner(context.pos, -1).name
  if (name === 'CodeText' || name === 'FencedCode' || name === 'InlineCode') return null
  const from = word.from + word.text.indexOf('/')
  return { from, options, validFor: /^\/[\p{L}\p{N} -]*$/u }
}
