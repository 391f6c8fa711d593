import type { ContentItem } from '@/api/types'
import { outbox } from '@/lib/client'
import { changeItem } from './api'
import { asWanted } from './wanted'

/** A file that goes with an item. */
export interface Media {
  fileId: string
  /** What it shows; empty where it only decorates. */
  alt: string
}

/** As many as the server takes. */
export const MOST_MEDIA = 20
export const LONGEST_ALT = 1000

export const mediaOf = ({ media }: Pick<ContentItem, 'media'>): Media[] =>
  media.flatMap(({ fileId, alt }) => (fileId == null ? [] : [{ fileId, alt: alt ?? '' }]))

/** Changes an item's media as they are wanted at this moment: several uploads may end before the screen has shown the first. */
export function changeMedia(item: ContentItem, change: (media: Media[]) => Media[]): void {
  const now = asWanted(item, outbox.entries.get())
  changeItem(now, { media: change(mediaOf(now)) })
}

/** At the end; one that is there already stays where it is. */
export const withFile = (media: readonly Media[], fileId: string): Media[] =>
  media.some((one) => one.fileId === fileId) ? [...media] : [...media, { fileId, alt: '' }]

export const withoutFile = (media: readonly Media[], fileId: string): Media[] =>
  media.filter((one) => one.fileId !== fileId)

export const withAlt = (media: readonly Media[], fileId: string, alt: string): Media[] =>
  media.map((one) => (one.fileId === fileId ? { ...one, alt } : one))

/** Puts a file where another one is, or as near to a place as there is one. */
export function moved(media: readonly Media[], fileId: string, to: number): Media[] {
  const from = media.findIndex((one) => one.fileId === fileId)
  const taken = media[from]
  if (!taken) return [...media]
  return media.toSpliced(from, 1).toSpliced(Math.max(0, Math.min(to, media.length - 1)), 0, taken)
}
