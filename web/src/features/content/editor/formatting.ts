import { indentLess, indentMore } from '@codemirror/commands'
import { syntaxTree } from '@codemirror/language'
import { EditorSelection, type ChangeSpec, type EditorState } from '@codemirror/state'
import type { Command, EditorView } from '@codemirror/view'
import type { InsertedImage } from './types'

/** What the keys, the bar and the menu make of the selection. */

export type Inline = 'bold' | 'italic' | 'code' | 'strike'
export type Block = 'h1' | 'h2' | 'h3' | 'text' | 'bullets' | 'numbers' | 'tasks' | 'quote'

const signs: Readonly<Record<Inline, string>> = { bold: '**', italic: '*', code: '`', strike: '~~' }

/** Puts the sign around each selection, or takes it away where it is already. */
export const toggleInline =
  (inline: Inline): Command =>
  (view) => {
    const { state } = view
    if (state.readOnly) return false
    const sign = signs[inline]
    const { length } = sign
    const result = state.changeByRange(({ from, to }) => {
      const isAround = isSigned(state, from - length, sign) && isSigned(state, to, sign)
      const isWithin = to - from >= 2 * length && isSigned(state, from, sign) && isSigned(state, to - length, sign)
      if (isAround)
        return {
          changes: [
            { from: from - length, to: from },
            { from: to, to: to + length },
          ],
          range: EditorSelection.range(from - length, to - length),
        }
      if (isWithin)
        return {
          changes: [
            { from, to: from + length },
            { from: to - length, to },
          ],
          range: EditorSelection.range(from, to - 2 * length),
        }
      return {
        changes: [
          { from, insert: sign },
          { from: to, insert: sign },
        ],
        range: EditorSelection.range(from + length, to + length),
      }
    })
    view.dispatch(state.update(result, { userEvent: 'input.format', scrollIntoView: true }))
    return true
  }

/** One star of two is no sign for italics. */
function isSigned(state: EditorState, at: number, sign: string): boolean {
  if (at < 0 || state.sliceDoc(at, at + sign.length) !== sign) return false
  const isLonger = (position: number) => position >= 0 && state.sliceDoc(position, position + 1) === sign[0]
  return sign.length > 1 || !(isLonger(at - 1) || isLonger(at + 1))
}

const beginnings = /^(\s*)(?:#{1,6}\s+|>\s?|(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s)?)?/

/** How a line of such a block begins; numbers count on. */
const begins: Readonly<Record<Block, (at: number) => string>> = {
  h1: () => '# ',
  h2: () => '## ',
  h3: () => '### ',
  text: () => '',
  bullets: () => '- ',
  numbers: (at) => `${at + 1}. `,
  tasks: () => '- [ ] ',
  quote: () => '> ',
}

/** Makes the selected lines such a block; lines that are one already become ordinary text. */
export const toggleBlock =
  (block: Block): Command =>
  (view) => {
    const { state } = view
    if (state.readOnly) return false
    const chosen = linesOf(state)
    const written = chosen.filter(({ text }) => text.trim() !== '' || chosen.length === 1)
    const isSo = written.every(({ text }, at) => {
      const beginning = beginnings.exec(text)
      return beginning?.[0].slice(beginning[1]?.length ?? 0) === begins[block](at)
    })
    const changes = written.map(({ from, text }, at): ChangeSpec => {
      const [all = '', indent = ''] = beginnings.exec(text) ?? []
      return { from, to: from + all.length, insert: indent + (isSo ? '' : begins[block](at)) }
    })
    const set = state.changes(changes)
    // On an empty line one goes on behind what was put in.
    view.dispatch({
      changes: set,
      selection: state.selection.map(set, 1),
      userEvent: 'input.format',
      scrollIntoView: true,
    })
    return true
  }

function linesOf(state: EditorState) {
  const { from, to } = state.selection.main
  const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number]
  return Array.from({ length: last - first + 1 }, (_, at) => state.doc.line(first + at))
}

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/

/** Makes a link of the selection and has its address written, or its words where the selection is an address. */
export const insertLink: Command = (view) => {
  const { state } = view
  if (state.readOnly) return false
  const { from, to } = state.selection.main
  const text = state.sliceDoc(from, to)
  const isAddress = ADDRESS.test(text)
  const insert = isAddress ? `[](${text})` : `[${text}]()`
  const at = from + (isAddress || text === '' ? 1 : text.length + 3)
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: at },
    userEvent: 'input.format',
    scrollIntoView: true,
  })
  return true
}

/** Something that stands for itself, with empty lines around it; the selection goes to `select` within it. */
export function insertBlock(view: EditorView, text: string, select: readonly [number, number]): void {
  const { state } = view
  if (state.readOnly) return
  const { from, to } = state.selection.main
  const { change, at } = blockChange(state, from, to, text)
  view.dispatch({
    changes: change,
    selection: { anchor: at + select[0], head: at + select[1] },
    userEvent: 'input.format',
    scrollIntoView: true,
  })
  view.focus()
}

/** Puts a text in as a block of its own, and says where it begins then. */
function blockChange(state: EditorState, from: number, to: number, text: string) {
  const line = state.doc.lineAt(from)
  const isBlank = state.sliceDoc(line.from, from).trim() === ''
  const lead = isBlank ? '' : '\n\n'
  const start = isBlank ? line.from : from
  const tail = state.sliceDoc(to, state.doc.lineAt(to).to).trim() === '' ? '' : '\n\n'
  return {
    change: { from: start, to, insert: lead + text + tail },
    at: start + lead.length,
  }
}

const wordsOf = ({ alt }: InsertedImage) => alt.replaceAll(/[[\]\n]/g, ' ').trim()

const markdownOf = (image: InsertedImage) => `![${wordsOf(image)}](${image.source})`

/** Puts a picture where the cursor is, ready to say what it shows. */
export const insertImage = (view: EditorView, image: InsertedImage): void =>
  insertBlock(view, markdownOf(image), [2, 2 + wordsOf(image).length])

/** What puts a picture at a place. */
export const imageChange = (state: EditorState, at: number, image: InsertedImage): ChangeSpec =>
  blockChange(state, at, at, markdownOf(image)).change

/** In a list Tab moves the item; elsewhere it leaves the text, as it does everywhere. */
const inList =
  (command: Command): Command =>
  (view) => {
    const { state } = view
    for (let node = syntaxTree(state).resolveInner(state.selection.main.head, -1); node.parent; node = node.parent)
      if (node.name === 'ListItem') return !state.readOnly && command(view)
    return false
  }

export const indentItem = inList(indentMore)

/** An item that is not indented lets the focus go. */
export const outdentItem = inList((view) =>
  linesOf(view.state).some(({ text }) => /^\s/.test(text)) ? indentLess(view) : false,
)
