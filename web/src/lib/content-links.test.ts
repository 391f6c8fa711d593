import { expect, it } from 'vitest'
import { contentAddress, contentLinkIn } from './content-links'

const link = {
  workspaceId: '0192f0c1-1111-7000-8000-000000000001',
  itemId: '0192f0c1-2222-7000-8000-000000000002',
}
const path = `/w/${link.workspaceId}/c/${link.itemId}`

it('knows the address of an item, also with a comment that is open', () => {
  expect(contentLinkIn(contentAddress(link))).toEqual(link)
  expect(contentLinkIn(`${location.origin}${path.toUpperCase().replace('/W/', '/w/').replace('/C/', '/c/')}`)).toEqual(
    link,
  )
  expect(contentLinkIn(`${location.origin}${path}?comment=1`)).toEqual(link)
})

it.each([
  ['elsewhere', `https://example.com${path}`],
  ['a thread', `${location.origin}/w/${link.workspaceId}/t/${link.itemId}`],
  ['something within it', `${location.origin}${path}/history`],
  ['no ids', `${location.origin}/w/one/c/two`],
  ['no address', path],
])('takes no address of %s for one', (_, href) => {
  expect(contentLinkIn(href)).toBeUndefined()
})
