import { EditorSelection, StateEffect, StateField, type Range } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'
import type { Place } from '@/lib/documents/places'

/** Where the others are, with their names. */

export interface Peer extends Place {
  name: string
  /** Tells one time that it was told from the next. */
  told: number
}

/** Somebody is at another place, or gone. */
export const peerMoved = StateEffect.define<{ editor: string; peer: Peer | undefined }>({
  map: ({ editor, peer }, changes) => ({
    editor,
    peer: peer && { ...peer, anchor: changes.mapPos(peer.anchor, 1), head: changes.mapPos(peer.head, 1) },
  }),
})

/** As many as styles.css has. */
const COLOURS = 8

/** The same person has the same colour everywhere. */
export function colourOf(userId: string): number {
  let sum = 0
  for (const sign of userId) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 65_521
  return sum % COLOURS
}

class Caret extends WidgetType {
  readonly peer: Peer

  constructor(peer: Peer) {
    super()
    this.peer = peer
  }

  /** One that moved is drawn anew, so that its name is shown again. */
  override eq(other: Caret): boolean {
    return other.peer.told === this.peer.told && other.peer.editor === this.peer.editor
  }

  toDOM(): HTMLElement {
    const caret = document.createElement('span')
    caret.className = `cm-peer cm-peer-${colourOf(this.peer.userId)}`
    // The people are listed with the document; read out within the text they would be words of it.
    caret.setAttribute('aria-hidden', 'true')
    const name = document.createElement('span')
    name.className = 'cm-peer-name'
    name.textContent = this.peer.name
    caret.append(name)
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

const peers = StateField.define<ReadonlyMap<string, Peer>>({
  create: () => new Map(),
  update(known, { docChanged, changes, effects }) {
    const moves = effects.filter((effect) => effect.is(peerMoved))
    if (!docChanged && moves.length === 0) return known
    const next = new Map<string, Peer>()
    for (const [editor, peer] of known) {
      // Who writes pushes what is behind his place along; what others write there stays before it.
      next.set(editor, { ...peer, anchor: changes.mapPos(peer.anchor, 1), head: changes.mapPos(peer.head, 1) })
    }
    for (const { value } of moves) {
      if (value.peer) next.set(value.editor, value.peer)
      else next.delete(value.editor)
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field, decorated),
})

function decorated(known: ReadonlyMap<string, Peer>): DecorationSet {
  const some: Range<Decoration>[] = []
  for (const peer of known.values()) {
    const { from, to } = EditorSelection.range(peer.anchor, peer.head)
    if (from < to)
      some.push(Decoration.mark({ class: `cm-peer-selection cm-peer-${colourOf(peer.userId)}` }).range(from, to))
    some.push(Decoration.widget({ widget: new Caret(peer), side: 1 }).range(peer.head))
  }
  return Decoration.set(some, true)
}

export const remoteCursors = peers
