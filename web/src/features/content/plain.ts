import type { ContentItem } from '@/api/types'
import { nameOfPlatform } from './counts'
import { nameOfKind } from './words'

type Said = Pick<ContentItem, 'kind' | 'title' | 'variants' | 'media'> & { body?: string | null }

/** Everything that an item says, as one text: what two states of it are compared by. */
export function plainOf({ kind, title, body, variants, media }: Said, fileNames: ReadonlyMap<string, string>): string {
  const parts = [`${nameOfKind(kind)}: ${title}`, body ?? '']
  for (const { platform, text } of variants) parts.push(`[${nameOfPlatform(platform)}]\n${text ?? ''}`)
  for (const { fileId, alt } of media) parts.push(`[${fileNames.get(fileId ?? '') ?? 'A file'}] ${alt ?? ''}`.trim())
  return parts.join('\n\n')
}

/** Who compares must be able to tell two files from each other, also of the same name, and those of which nothing is known any more. */
export function namesOfFiles(files: readonly { id: string; name: string | undefined }[]): ReadonlyMap<string, string> {
  const isShared = (name: string) => files.filter((other) => other.name === name).length > 1
  return new Map(
    files.map(({ id, name }) => [
      id,
      name === undefined ? `A file that is not here, ${endOf(id)}` : isShared(name) ? `${name}, ${endOf(id)}` : name,
    ]),
  )
}

/** Ids that were made one after the other differ in their ends. */
const endOf = (id: string) => id.slice(-6)
