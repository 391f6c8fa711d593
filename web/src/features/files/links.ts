import type { StoredFile } from '@/api/types'

/** Half of a link's five minutes: a look that begins now comes to its end. */
const FRESH_FOR = 150_000

/** Where the server's own name and the page's differ only by the port, or both mean this machine, they are one server. */
const isThisServer = (host: string, page: Location): boolean =>
  host === page.hostname || (isLocal(host) && isLocal(page.hostname))

const isLocal = (host: string) => ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'].includes(host)

/**
 * A file's address as this page can load it. What is announced to many names the server by its public address, which this page may have reached by another one; an
 * address elsewhere (a CDN) is left as it is.
 */
export function reachable(url: string, page: Location = location): string {
  const address = new URL(url, page.href)
  return address.origin !== page.origin && isThisServer(address.hostname, page)
    ? address.pathname + address.search
    : address.href
}

/** How long an address that was just given is good without asking again. */
export const freshFor = FRESH_FOR

type Sized = Pick<StoredFile, 'url' | 'width' | 'variants'>

/**
 * What an image element takes of a picture's smaller ones; nothing while there are none.
 *
 * @param sizes How wide it is shown. Without it, as wide as it is or as the page: what is said here is also how large an element without a size becomes.
 */
export function sourcesOf(picture: Sized | undefined, sizes?: string) {
  if (picture?.width == null || picture.variants == null || picture.variants.length === 0) return {}
  const { width, variants, url } = picture
  const sources = variants.map((variant) => `${reachable(variant.url)} ${String(variant.width)}w`)
  // The original is the last choice, and only where it is wider than all of them.
  if (url != null && width > Math.max(...variants.map((variant) => variant.width)))
    sources.push(`${reachable(url)} ${String(width)}w`)
  return { srcSet: sources.join(', '), sizes: sizes ?? `min(100vw, ${String(width)}px)` }
}
