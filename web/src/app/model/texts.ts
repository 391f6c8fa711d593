/**
 * Texts of the model: three lines of words, and every edit adds a word that no other edit adds. So a text tells which edits it
 * has, and a merge by lines, as the server's (MG1 to MG4), is a few lines here.
 */

const lines = (text: string) => text.split('|').map((line) => line.split(' ').filter((word) => word !== ''))

const textOf = (some: readonly (readonly string[])[]) => some.map((line) => line.join(' ')).join('|')

export const words = (text: string): string[] => lines(text).flat()

export const withWord = (text: string, line: number, word: string): string =>
  textOf(lines(text).map((known, index) => (index === line ? [...known, word] : known)))

/** What a person makes of a conflict who wants to lose nothing. */
export function united(mine: string, theirs: string): string {
  const others = lines(theirs)
  return textOf(lines(mine).map((line, index) => [...new Set([...line, ...(others[index] ?? [])])]))
}

/** Undefined where both changed the same line differently. */
export function merged(base: string, mine: string, theirs: string): string | undefined {
  const [before, one, other] = [base.split('|'), mine.split('|'), theirs.split('|')]
  const lines = before.map((line, index) => {
    const [a = '', b = ''] = [one[index], other[index]]
    return a === line || a === b ? b : b === line ? a : undefined
  })
  return lines.includes(undefined) ? undefined : lines.join('|')
}
