import type { QueryClient } from '@tanstack/react-query'
import { ID } from '@/lib/ids'
import { fileWith } from './api'
import { isPicture } from './kinds'
import { reachable } from './links'

const CONTENT = new RegExp(`^/api/files/(${ID})/content$`, 'i')

/** How a text names a file. */
export const sourceOf = (fileId: string): string => `/api/files/${fileId}/content`

/** The file that such an address names; nothing when it leads elsewhere. */
export function fileIn(source: string, page: Pick<Location, 'href' | 'origin'> = location): string | undefined {
  if (!URL.canParse(source, page.href)) return undefined
  const { origin, pathname } = new URL(source, page.href)
  return origin === page.origin ? CONTENT.exec(pathname)?.[1] : undefined
}

/** Where a picture can be loaded from now: its own address takes a sign-in, which an image in a page does not bring. */
export async function addressOfPicture(cache: QueryClient, fileId: string, isAgain: boolean): Promise<string> {
  const file = await cache.query({
    ...fileWith(fileId),
    ...(isAgain && { staleTime: 0 }),
  })
  if (file.url == null || !isPicture(file)) throw new Error(`${file.name} is no picture that can be shown.`)
  return reachable(file.url)
}
