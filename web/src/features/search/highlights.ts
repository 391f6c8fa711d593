interface Range {
  start: number
  length: number
}

export interface Piece {
  text: string
  isFound: boolean
}

/** A text in pieces, those that were found apart. Ranges are ordered and do not overlap. */
export function piecesOf(text: string, ranges: readonly Range[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { start, length } of ranges) {
    if (start > at) pieces.push({ text: text.slice(at, start), isFound: false })
    pieces.push({ text: text.slice(start, start + length), isFound: true })
    at = start + length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isFound: false })
  return pieces
}
