/** Markdown around what is selected in a text field. */

export type Format = 'bold' | 'italic' | 'code' | 'link'

export interface Selected {
  text: string
  start: number
  end: number
}

/** What takes the place of the selection, and what is selected then. */
export interface Replacement {
  from: number
  to: number
  insert: string
  select: [number, number]
}

const marks = { bold: '**', italic: '_', code: '`' } as const
const ADDRESS = 'https://'

export function formatted({ text, start, end }: Selected, format: Format): Replacement {
  const chosen = text.slice(start, end)
  if (format === 'link') return link(chosen, start, end)
  if (format === 'code' && chosen.includes('\n')) return block(text, chosen, start, end)

  const mark = marks[format]
  const before = start - mark.length
  // Pressed again it takes its marks away.
  if (before >= 0 && text.slice(before, start) === mark && text.slice(end, end + mark.length) === mark)
    return { from: before, to: end + mark.length, insert: chosen, select: [before, before + chosen.length] }
  const inside = start + mark.length
  return { from: start, to: end, insert: `${mark}${chosen}${mark}`, select: [inside, inside + chosen.length] }
}

function link(chosen: string, start: number, end: number): Replacement {
  if (/^https?:\/\/\S+$/.test(chosen))
    return { from: start, to: end, insert: `[](${chosen})`, select: [start + 1, start + 1] }
  const address = start + chosen.length + 3
  return { from: start, to: end, insert: `[${chosen}](${ADDRESS})`, select: [address, address + ADDRESS.length] }
}

function block(text: string, chosen: string, start: number, end: number): Replacement {
  const lead = start > 0 && text[start - 1] !== '\n' ? '\n' : ''
  const insert = `${lead}\`\`\`\n${chosen.replace(/\n$/, '')}\n\`\`\`\n`
  return { from: start, to: end, insert, select: [start + insert.length, start + insert.length] }
}

/** Puts it into the field as if it were typed, so that undo takes it back. */
export function replaceIn(field: HTMLTextAreaElement, { from, to, insert, select }: Replacement): void {
  field.focus()
  field.setSelectionRange(from, to)
  if (!typed(insert)) {
    field.setRangeText(insert, from, to, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  field.setSelectionRange(...select)
}

/** Deprecated, and still the one way that keeps the field's own undo; where it is missing the text is set and told. */
function typed(text: string): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('insertText', false, text)
  } catch {
    return false
  }
}
