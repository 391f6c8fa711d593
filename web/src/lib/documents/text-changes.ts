import { ChangeSet, Text } from '@codemirror/state'
import { diff } from '@codemirror/merge'

/** Bounds the comparison of two texts, which would take the square of their lengths otherwise. */
const DIFF = { scanLimit: 500, timeout: 200 }
/** A word with the space after it, or any other sign: nobody's place is to be inside of a word that others wrote. */
const TOKENS = /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d_]+\s?|./gsu
/** The signs that stand for tokens, up to where surrogates begin. */
const MOST_TOKENS = 0xd800

export const textOf = (body: string): Text => Text.of(body.split(/\r\n?|\n/))

/** What made one text of another, as far as comparing their words can tell. */
export function changesBetween(before: Text, after: Text): ChangeSet {
  const signs = new Map<string, string>()
  const [one, other] = [before, after].map((text) => signed(text.toString(), signs))
  // With more different words than there are signs, both changed everything.
  const parts =
    one && other && signs.size < MOST_TOKENS
      ? diff(one.signs, other.signs, DIFF).map(({ fromA, toA, fromB, toB }) => ({
          from: one.starts[fromA] ?? before.length,
          to: one.starts[toA] ?? before.length,
          insert: after.slice(other.starts[fromB] ?? after.length, other.starts[toB] ?? after.length),
        }))
      : [{ from: 0, to: before.length, insert: after }]
  return ChangeSet.of(parts, before.length)
}

/** A text in which a sign stands for each token, and where each of them starts. */
function signed(text: string, signs: Map<string, string>): { signs: string; starts: number[] } {
  const starts: number[] = []
  let all = ''
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    let sign = signs.get(token)
    if (sign === undefined) signs.set(token, (sign = String.fromCharCode(signs.size % MOST_TOKENS)))
    starts.push(index)
    all += sign
  }
  return { signs: all, starts }
}

export interface PieceLimits {
  /** UTF-16 units of new text in a piece. */
  units: number
  /** Places that a piece changes. */
  places: number
}

/** The same change as several that follow one another, each within the limits. */
export function inPieces(changes: ChangeSet, { units, places }: PieceLimits): ChangeSet[] {
  const pieces: ChangeSet[] = []
  let specs: { from: number; to: number; insert: Text }[] = []
  let length = changes.length
  let added = 0
  /** How much longer the text before the next place is than at the beginning of this piece. */
  let shift = 0
  const close = () => {
    if (specs.length === 0) return
    const piece = ChangeSet.of(specs, length)
    pieces.push(piece)
    length = piece.newLength
    specs = []
    added = shift = 0
  }
  changes.iterChanges((fromA, toA, fromB, _, inserted) => {
    let deleted = toA - fromA
    let at = 0
    do {
      if (specs.length >= places || added >= units) close()
      const end = breakBefore(inserted, at, Math.min(inserted.length, at + units - added))
      const insert = inserted.slice(at, end)
      const from = fromB + at - shift
      specs.push({ from, to: from + deleted, insert })
      shift += insert.length - deleted
      added += insert.length
      deleted = 0
      at = end
      // Two changes that touch would be one: what goes on at the same place goes on in the next piece.
      if (at < inserted.length) close()
    } while (at < inserted.length)
  }, true)
  close()
  return pieces
}

/** Pairs of surrogates stay together. */
function breakBefore(text: Text, from: number, end: number): number {
  if (end >= text.length || end - from <= 1) return Math.min(text.length, Math.max(end, from + 2))
  const last = text.sliceString(end - 1, end).charCodeAt(0)
  return last >= 0xd800 && last < 0xdc00 ? end - 1 : end
}

/** Half a pair of surrogates, which no server takes, becomes the sign for what cannot be read. */
export const wellFormed = (text: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))
