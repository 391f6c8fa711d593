import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Attachment } from '@/api/types'
import { fileWith } from './api'
import { reachable } from './links'

interface FilmProps {
  film: Pick<Attachment, 'id' | 'name' | 'url' | 'poster'>
  className: string
  /** Absent: its first picture only. */
  controls?: boolean
}

/** A film by the address that came with it, or, when that has ended, by a new one. */
export function Film({ film, className, controls = false }: FilmProps) {
  const [failed, setFailed] = useState<string>()
  const renewed = useQuery({ ...fileWith(film.id), enabled: failed === film.url })
  const current = failed === film.url ? renewed.data : film
  const url = current?.url
  if (renewed.isError || (failed !== undefined && failed === renewed.data?.url))
    return <span className="p-3 text-center text-xs text-ink-soft">{film.name} cannot be played here</span>
  if (url == null) return null
  return (
    // Films that people bring have no captions of their own; what one shows is said in words beside it.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    <video
      src={reachable(url)}
      aria-label={film.name}
      // With a picture of its own nothing of it has to be loaded before it is played.
      {...(current?.poster == null
        ? { preload: 'metadata' }
        : { preload: 'none', poster: reachable(current.poster.url) })}
      playsInline
      muted={!controls}
      controls={controls}
      className={className}
      onError={() => setFailed(url)}
    />
  )
}
