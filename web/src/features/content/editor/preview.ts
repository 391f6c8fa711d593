import { syntaxTree } from '@codemirror/language'
import { type EditorState, type Range } from '@codemirror/state'
import {
  Decoration,
  type EditorView,
  ViewPlugin,
  WidgetType,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view'
import type { SyntaxNodeRef } from '@lezer/common'
import { Picture, type PictureAddress } from './picture'

/**
 * Markdown that shows what it means while it is written: the marks are there on the lines where one writes, and elsewhere
 * their meaning stands in their place. The text itself is never another one.
 */

/** Says where a picture that the text names can be loaded from; undefined when it is none that is kept here. */
export type FindPicture = (source: string) => PictureAddress | undefined

const hidden = Decoration.replace({})

class Bullet extends WidgetType {
  override eq(): boolean {
    return true
  }

  toDOM(): HTMLElement {
    const bullet = document.createElement('span')
    bullet.className = 'cm-bullet'
    bullet.textContent = '•'
    return bullet
  }
}

class Divider extends WidgetType {
  override eq(): boolean {
    return true
  }

  toDOM(): HTMLElement {
    const line = document.createElement('span')
    line.className = 'cm-divider'
    line.setAttribute('role', 'separator')
    return line
  }
}

class Task extends WidgetType {
  readonly isDone: boolean
  readonly mayWrite: boolean
  readonly label: string

  constructor(isDone: boolean, mayWrite: boolean, label: string) {
    super()
    this.isDone = isDone
    this.mayWrite = mayWrite
    this.label = label
  }

  override eq(other: Task): boolean {
    return other.isDone === this.isDone && other.mayWrite === this.mayWrite && other.label === this.label
  }

  toDOM(): HTMLElement {
    const box = document.createElement('input')
    box.type = 'checkbox'
    box.className = 'cm-task'
    box.checked = this.isDone
    box.disabled = !this.mayWrite
    // By key it is done from the text itself, where the focus is.
    box.tabIndex = -1
    box.setAttribute('aria-label', this.label)
    return box
  }

  override ignoreEvent(): boolean {
    return false
  }
}

/** Of whole lines, by what begins there. */
const lines: Readonly<Record<string, string>> = {
  ATXHeading1: 'cm-h1',
  ATXHeading2: 'cm-h2',
  ATXHeading3: 'cm-h3',
  ATXHeading4: 'cm-h4',
  ATXHeading5: 'cm-h4',
  ATXHeading6: 'cm-h4',
  SetextHeading1: 'cm-h1',
  SetextHeading2: 'cm-h2',
  Blockquote: 'cm-quote',
  FencedCode: 'cm-code-block',
  CodeBlock: 'cm-code-block',
  Table: 'cm-table',
}

const marks = new Set(['EmphasisMark', 'StrikethroughMark', 'CodeMark', 'HeaderMark', 'QuoteMark'])

/** The lines where somebody writes: there the marks are to be seen. */
function linesInUse(view: EditorView): ReadonlySet<number> {
  const { state } = view
  const inUse = new Set<number>()
  if (!view.hasFocus || state.readOnly) return inUse
  for (const { from, to } of state.selection.ranges)
    for (let { number } = state.doc.lineAt(from); number <= state.doc.lineAt(to).number; number++) inUse.add(number)
  return inUse
}

function preview(view: EditorView, find: FindPicture): DecorationSet {
  const { state } = view
  const inUse = linesInUse(view)
  const isInUse = (position: number) => inUse.has(state.doc.lineAt(position).number)
  const some: Range<Decoration>[] = []
  const hide = (from: number, to: number) => {
    if (from < to && !isInUse(from)) some.push(hidden.range(from, to))
  }
  for (const { from, to } of view.visibleRanges)
    syntaxTree(state).iterate({
      from,
      to,
      enter: (node) => {
        const line = lines[node.name]
        if (line !== undefined) markLines(state, node, { from, to }, line, some)
        if (node.name === 'Image') return picture(state, node, find, isInUse(node.from), hide, some)
        if (node.name === 'Link') return link(state, node, 1, hide, some)
        if (node.name === 'ListMark') listMark(node, isInUse(node.from), some)
        else if (node.name === 'TaskMarker') task(state, node, some)
        else if (node.name === 'HorizontalRule' && !isInUse(node.from))
          some.push(Decoration.replace({ widget: new Divider() }).range(node.from, node.to))
        else if (marks.has(node.name)) hideMark(state, node, hide)
        return undefined
      },
    })
  return Decoration.set(some, true)
}

function markLines(
  state: EditorState,
  node: SyntaxNodeRef,
  seen: { from: number; to: number },
  className: string,
  some: Range<Decoration>[],
): void {
  const last = state.doc.lineAt(Math.min(node.to, seen.to)).number
  for (let { number } = state.doc.lineAt(Math.max(node.from, seen.from)); number <= last; number++)
    some.push(Decoration.line({ class: className }).range(state.doc.line(number).from))
}

function hideMark(
  state: EditorState,
  { name, from, to, node }: SyntaxNodeRef,
  hide: (from: number, to: number) => void,
): void {
  // Fences stay, because they say where code begins and ends.
  if (name === 'CodeMark' && node.parent?.name === 'FencedCode') return
  const isFollowedBySpace = name === 'HeaderMark' || name === 'QuoteMark'
  hide(from, isFollowedBySpace && state.sliceDoc(to, to + 1) === ' ' ? to + 1 : to)
}

function link(
  state: EditorState,
  { from, to, node }: SyntaxNodeRef,
  /** How long the sign is by which it opens. */
  opening: number,
  hide: (from: number, to: number) => void,
  some: Range<Decoration>[],
): undefined {
  const end = node.getChildren('LinkMark')[1]
  const url = node.getChild('URL')
  const start = from + opening
  // Without words of its own it stays as it is written.
  if (!end || !url || end.from <= start) return undefined
  const href = state.sliceDoc(url.from, url.to)
  some.push(Decoration.mark({ class: 'cm-link', attributes: { title: href } }).range(start, end.from))
  hide(from, start)
  hide(end.from, to)
  return undefined
}

function picture(
  state: EditorState,
  node: SyntaxNodeRef,
  find: FindPicture,
  isInUse: boolean,
  hide: (from: number, to: number) => void,
  some: Range<Decoration>[],
): false {
  const { from, to } = node
  const url = node.node.getChild('URL')
  const source = url ? state.sliceDoc(url.from, url.to) : ''
  const address = find(source)
  if (address) {
    const alt = /^!\[([^\]]*)\]/.exec(state.sliceDoc(from, to))?.[1] ?? ''
    const widget = new Picture(source, alt, address)
    some.push(
      isInUse ? Decoration.widget({ widget, side: 1 }).range(to) : Decoration.replace({ widget }).range(from, to),
    )
  } else {
    // One from elsewhere would tell its host who reads when: it is a link.
    link(state, node, 2, hide, some)
  }
  return false
}

const TASK = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s?(.*)$/

function listMark({ from, to, node }: SyntaxNodeRef, isInUse: boolean, some: Range<Decoration>[]) {
  if (isInUse || node.parent?.parent?.name !== 'BulletList') return
  const isTask = node.parent.getChild('Task') !== null
  some.push(isTask ? hidden.range(from, to + 1) : Decoration.replace({ widget: new Bullet() }).range(from, to))
}

function task(state: EditorState, { from, to }: SyntaxNodeRef, some: Range<Decoration>[]): void {
  const isDone = /x/i.test(state.sliceDoc(from, to))
  const label = TASK.exec(state.doc.lineAt(from).text)?.[1] ?? ''
  some.push(Decoration.replace({ widget: new Task(isDone, !state.readOnly, label) }).range(from, to))
}

/** Ticks the task on the line at a position, or takes the tick away. */
export function toggleTask(view: EditorView, position: number): boolean {
  const { state } = view
  const line = state.doc.lineAt(position)
  const box = /\[([ xX])\]/.exec(line.text)
  if (!box || !TASK.test(line.text) || state.readOnly) return false
  const at = line.from + box.index + 1
  view.dispatch({ changes: { from: at, to: at + 1, insert: box[1] === ' ' ? 'x' : ' ' }, userEvent: 'input' })
  return true
}

export function livePreview(find: FindPicture) {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet

      constructor(view: EditorView) {
        this.decorations = preview(view, find)
      }

      update(update: ViewUpdate): void {
        const isParsed = syntaxTree(update.startState) !== syntaxTree(update.state)
        if (update.docChanged || update.selectionSet || update.viewportChanged || update.focusChanged || isParsed)
          this.decorations = preview(update.view, find)
      }
    },
    {
      decorations: ({ decorations }) => decorations,
      eventHandlers: {
        mousedown: (event, view) => {
          const { target } = event
          if (!(target instanceof HTMLInputElement) || !target.classList.contains('cm-task')) return false
          event.preventDefault()
          return toggleTask(view, view.posAtDOM(target))
        },
      },
    },
  )
}
