/** A page as lists answer it: `next` leads to the following one. */
export interface PageOf<T> {
  items: T[]
  next: string | null
}

/** For lists that are shown whole: asks until there is no further page. */
export async function everyPage<T>(read: (cursor?: string) => Promise<PageOf<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return items
}
