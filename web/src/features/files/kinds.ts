import type { Attachment } from '@/api/types'

type Typed = Pick<Attachment, 'type'>

/** What browsers show of what is kept here. */
export const isPicture = ({ type }: Typed) => /^image\/(png|jpeg|gif|webp|avif)$/.test(type)

/** What they play. */
export const isFilm = ({ type }: Typed) => /^video\/(mp4|webm|ogg|quicktime|x-m4v)$/.test(type)
