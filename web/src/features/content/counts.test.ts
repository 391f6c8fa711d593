import { expect, it } from 'vitest'
import { countOf, platforms } from './counts'

const count = (platform: string, text: string, of = 'text') => {
  const limit = platforms.find(({ id }) => id === platform)?.limits.find((one) => one.of === of)
  if (!limit) throw new Error('There is no such limit.')
  return countOf(text, limit)
}

it('counts as each platform does', () => {
  const family = '👩‍👩‍👧‍👦'
  expect(count('linkedin', 'né')).toBe(2)
  expect(count('bluesky', `a${family}🇩🇪é`)).toBe(4)
  expect(count('youtube', 'né')).toBe(3)
  expect(count('youtube', 'né', 'title')).toBe(2)
  expect(count('mastodon', `see https://example.com/${'long/'.repeat(50)} and 👍`)).toBe(4 + 23 + 6)
  expect(count('bluesky', 'two\nlines')).toBe(9)
})

it('knows the limits', () =>
  expect(platforms.map(({ id, limits }) => [id, ...limits.map(({ most }) => most)])).toEqual([
    ['linkedin', 3000],
    ['mastodon', 500],
    ['bluesky', 300],
    ['youtube', 100, 5000],
  ]))
