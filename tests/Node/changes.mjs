// What CodeMirror itself makes of changes: the tests compare our own with it, section by section. Everything follows from the seed.
import { ChangeSet, EditorState, Text } from '@codemirror/state'
import { collab, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { answerLines } from './lines.mjs'

const pieces = ['a', 'b', 'word', ' ', '\n', 'é', 'e\u0301', '漢字', '😀', '👩‍👩‍👧', '\n\n', '"', '\\']

const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

class Chance {
  constructor(seed) {
    this.next = random(seed)
  }

  below(n) {
    return Math.floor(this.next() * n)
  }

  text(most) {
    return Array.from({ length: this.below(most + 1) }, () => pieces[this.below(pieces.length)]).join('')
  }

  // A place that does not cut a pair of surrogates in two.
  place(text, from = 0) {
    const at = from + this.below(text.length - from + 1)
    return at > from && /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
  }

  change(text) {
    const specs = []
    let at = 0
    for (let i = this.below(4); i > 0; i--) {
      const from = this.place(text, at)
      const to = this.below(3) === 0 ? from : this.place(text, from)
      specs.push({ from, to, insert: Text.of((this.below(3) === 0 ? '' : this.text(3)).split('\n')) })
      at = to
    }
    return ChangeSet.of(specs, text.length)
  }
}

const apply = (change, text) => change.apply(Text.of(text.split('\n'))).toString()

function positions(change) {
  const mapped = []
  for (let at = 0; at <= Math.min(change.length, 24); at++) mapped.push(change.mapPos(at, -1), change.mapPos(at, 1))
  return mapped
}

/** Two changes of one text, what follows the first, and everything that can be made of them. */
function vector(text, a, b, next) {
  return {
    text, a, b, next,
    applied: apply(a, text),
    mapped: a.map(b), mappedBefore: a.map(b, true), other: b.map(a, true),
    merged: apply(a.map(b), apply(b, text)),
    composed: a.compose(next),
    inverted: a.invert(Text.of(text.split('\n'))),
    positions: positions(a),
  }
}

const changesOf = new Map()

/** Every change of a text of a length, as sections: kept, deleted, replaced, put in. Neighbours that would be one are none of their own. */
function everyChange(length) {
  if (changesOf.has(length)) return changesOf.get(length)
  const found = []
  const grow = (parts, left, last) => {
    if (left === 0) found.push(parts)
    if (last !== 'insert') grow([...parts, [0, 'X']], left, 'insert')
    for (let n = 1; n <= left; n++) {
      if (last !== 'keep') grow([...parts, n], left - n, 'keep')
      if (last !== 'delete') grow([...parts, [n]], left - n, 'delete')
      grow([...parts, [n, 'Y']], left - n, 'replace')
    }
  }
  grow([], length, null)
  changesOf.set(length, found.map((parts) => ChangeSet.fromJSON(parts)))
  return changesOf.get(length)
}

await answerLines({
  /** Random ones. */
  vectors({ seed, count }) {
    const chance = new Chance(seed)
    return Array.from({ length: count }, () => {
      const text = chance.text(8)
      const [a, b] = [chance.change(text), chance.change(text)]
      return vector(text, a, b, chance.change(apply(a, text)))
    })
  },

  /** Pairs of all changes of short texts: from the so-many-th, each so-many-th. */
  pairs({ length, from, step, count }) {
    const text = 'a\nc'.slice(0, length)
    const all = everyChange(length)
    const vectors = []
    for (let at = from; at < all.length * all.length && vectors.length < count; at += step) {
      const [a, b] = [all[Math.floor(at / all.length)], all[at % all.length]]
      vectors.push({ text, a, b, applied: apply(a, text), mapped: a.map(b), mappedBefore: a.map(b, true), other: b.map(a, true), merged: apply(a.map(b), apply(b, text)), positions: positions(a) })
    }
    return { total: all.length * all.length, vectors }
  },

  /** What one editor made of an older version, what was accepted meanwhile (its own among it), and what the editor makes of its own when it receives that step by step. */
  rebases({ seed, count }) {
    const chance = new Chance(seed)
    const plain = (updates) => updates.map(({ clientID, changes }) => ({ clientID, changes }))
    return Array.from({ length: count }, () => {
      const base = chance.text(8)
      let editor = EditorState.create({ doc: base, extensions: [collab({ clientID: 'me', startVersion: 0 })] })
      for (let i = 1 + chance.below(4); i > 0; i--) editor = editor.update({ changes: chance.change(editor.doc.toString()) }).state
      const own = plain(sendableUpdates(editor))
      const since = []
      let head = base
      for (let i = chance.below(6); i > 0; i--) {
        const [next] = sendableUpdates(editor)
        const isOwn = next && chance.below(3) === 0
        const update = isOwn ? { clientID: 'me', changes: next.changes } : { clientID: `other${chance.below(2)}`, changes: chance.change(head) }
        since.push(update)
        head = apply(update.changes, head)
        editor = receiveUpdates(editor, [update]).state
      }
      return { length: head.length, own, since, rebased: plain(sendableUpdates(editor)) }
    })
  },
})
