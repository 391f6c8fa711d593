import type { ContentItem } from '@/api/types'
import { nameOfPlatform } from './counts'
import { nameOfKind } from './words'

type Said = Pick<ContentItem, 'kind' | 'title' | 'variants' | 'media'> & { body?: string | null }

/** Everything that an item says, as one text: what two states of it are compared by. */
export function plainOf({ kind, title, body, variants, media }: Said): string {
  const parts = [`${nameOfKind(kind)}: ${title}`, body ?? '']
  for (const { platform, text } of variants) parts.push(`[${nameOfPlatform(platform)}]\n${text ?? ''}`)
  for (const { fileId, alt } of media) parts.push(`[File ${fileId ?? ''}] ${alt ?? ''}`)
  return parts.join('\n\n')
}
