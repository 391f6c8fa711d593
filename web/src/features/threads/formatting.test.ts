import { expect, it } from 'vitest'
import { formatted, type Format, type Selected } from './formatting'

/** A text with its selection between bars. */
const marked = (text: string): Selected => {
  const start = text.indexOf('|')
  const end = text.lastIndexOf('|') - 1
  return { text: text.replaceAll('|', ''), start, end: Math.max(start, end) }
}

const after = (before: string, format: Format) => {
  const selected = marked(before)
  const { from, to, insert, select } = formatted(selected, format)
  const text = selected.text.slice(0, from) + insert + selected.text.slice(to)
  return `${text.slice(0, select[0])}|${text.slice(select[0], select[1])}|${text.slice(select[1])}`
}

it.each<[string, Format, string]>([
  ['say |this| loud', 'bold', 'say **|this|** loud'],
  ['say **|this|** loud', 'bold', 'say |this| loud'],
  ['say |this| so', 'italic', 'say _|this|_ so'],
  ['run |doctor|', 'code', 'run `|doctor|`'],
  ['||', 'bold', '**||**'],
  ['|a\nb|', 'code', '```\na\nb\n```\n||'],
  ['so: |a\nb|', 'code', 'so: \n```\na\nb\n```\n||'],
  ['see |the page|', 'link', 'see [the page](|https://|)'],
  ['|https://example.com|', 'link', '[||](https://example.com)'],
])('%s by %s is %s', (before, format, expected) => expect(after(before, format)).toBe(expected))
