import { ID } from './ids'

/** Links to content items as they stand in messages: the address of the item's page. */

export interface ContentLink {
  workspaceId: string
  itemId: string
}

const PATH = new RegExp(`^/w/(${ID})/c/(${ID})/?$`, 'i')

export const contentAddress = ({ workspaceId, itemId }: ContentLink): string =>
  `${location.origin}/w/${workspaceId}/c/${itemId}`

/** Which item an address of this installation leads to; undefined when it leads elsewhere. */
export function contentLinkIn(href: string): ContentLink | undefined {
  if (!URL.canParse(href)) return undefined
  const { origin, pathname } = new URL(href)
  const [, workspaceId, itemId] = PATH.exec(pathname) ?? []
  if (origin !== location.origin || workspaceId === undefined || itemId === undefined) return undefined
  return { workspaceId: workspaceId.toLowerCase(), itemId: itemId.toLowerCase() }
}
