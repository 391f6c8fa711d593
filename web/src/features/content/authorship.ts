import type { ContentAuthorship } from '@/api/types'

export interface Piece {
  text: string
  authorId: string | null
}

/** The text in pieces of one author each. */
export function piecesOf(body: string, spans: ContentAuthorship['spans']): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { length, authorId } of spans) {
    const text = body.slice(at, at + length)
    at += length
    const last = pieces.at(-1)
    if (last?.authorId === authorId) last.text += text
    else if (text !== '') pieces.push({ text, authorId })
  }
  return pieces
}

export interface Share {
  authorId: string | null
  /** Of the whole text, in percent: whole numbers that make a hundred together. */
  percent: number
}

/** Who wrote how much of what is there now, the most first. */
export function sharesOf(pieces: readonly Piece[]): Share[] {
  const lengths = new Map<string | null, number>()
  for (const { text, authorId } of pieces) lengths.set(authorId, (lengths.get(authorId) ?? 0) + text.length)
  const whole = [...lengths.values()].reduce((sum, length) => sum + length, 0)
  const exact = [...lengths].map(([authorId, length]) => ({ authorId, percent: (length / whole) * 100 }))
  const left = 100 - exact.reduce((sum, { percent }) => sum + Math.floor(percent), 0)
  // What rounding down left over goes to those who lost most by it.
  const rounded = exact
    .sort((one, other) => (other.percent % 1) - (one.percent % 1))
    .map(({ authorId, percent }, index) => ({ authorId, percent: Math.floor(percent) + (index < left ? 1 : 0) }))
  return rounded.sort((one, other) => (lengths.get(other.authorId) ?? 0) - (lengths.get(one.authorId) ?? 0))
}
