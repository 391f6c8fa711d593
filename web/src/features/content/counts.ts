/** How much the platforms take of a text, counted as each of them counts. */

type Counting = 'characters' | 'bytes' | 'graphemes' | 'mastodon'

export interface Limit {
  of: 'text' | 'title'
  label: string
  most: number
  counting: Counting
}

export interface Platform {
  id: string
  name: string
  limits: readonly Limit[]
}

export const platforms: readonly Platform[] = [
  {
    id: 'linkedin',
    name: 'LinkedIn',
    limits: [{ of: 'text', label: 'Text', most: 3000, counting: 'characters' }],
  },
  { id: 'mastodon', name: 'Mastodon', limits: [{ of: 'text', label: 'Text', most: 500, counting: 'mastodon' }] },
  { id: 'bluesky', name: 'Bluesky', limits: [{ of: 'text', label: 'Text', most: 300, counting: 'graphemes' }] },
  {
    id: 'youtube',
    name: 'YouTube',
    limits: [
      { of: 'title', label: 'Title', most: 100, counting: 'characters' },
      { of: 'text', label: 'Description', most: 5000, counting: 'bytes' },
    ],
  },
]

/** One that this version of the app does not know is called as the server calls it. */
export const nameOfPlatform = (id: string | null): string =>
  platforms.find((platform) => platform.id === id)?.name ?? id ?? ''

/** What a reader takes for one character, such as a family or a flag. */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

function graphemes(text: string): number {
  // Without anything that combines, each is one.
  if (/^[\n\x20-\x7e]*$/.test(text)) return text.length
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}

/** A link counts as this long there, however long it is. */
const MASTODON_LINK = 'x'.repeat(23)

const counters: Readonly<Record<Counting, (text: string) => number>> = {
  characters: (text) => text.length,
  bytes: (text) => new TextEncoder().encode(text).length,
  graphemes,
  mastodon: (text) => graphemes(text.replace(/https?:\/\/[^\s<>]+/g, MASTODON_LINK)),
}

export const countOf = (text: string, { counting }: Limit): number => counters[counting](text)
