import { useQuery } from '@tanstack/react-query'
import { FileQuestion, FileText, FileX, Play, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { StoredFile } from '@/api/types'
import { Problem } from '@/lib/problem'
import { fileWith } from './api'
import { Picture } from './Attachments'
import { Film } from './Film'
import { isFilm, isPicture } from './kinds'
import { Lightbox } from './Lightbox'
import { useDownload } from './use-download'

const frame =
  'relative flex h-15 w-20 shrink-0 items-center justify-center overflow-hidden rounded-lg border border-line bg-hover text-ink-soft'

/** A small view of a file by which one opens it: a picture or a film over everything, anything else as a download. */
export function FilePreview({ fileId }: { fileId: string }) {
  const { data: file, error } = useQuery(fileWith(fileId))
  if (!file) {
    if (!error) return <span className={`${frame} animate-pulse`} />
    return <Unseen icon={error instanceof Problem && error.status === 404 ? FileX : FileQuestion} />
  }
  return isPicture(file) || isFilm(file) ? <Shown file={file} /> : <Saved file={file} />
}

const Unseen = ({ icon: Icon }: { icon: LucideIcon }) => (
  <span className={frame}>
    <Icon aria-hidden className="size-5" />
  </span>
)

function Shown({ file }: { file: StoredFile }) {
  const [isOpen, setOpen] = useState(false)
  const shown = { ...file, url: file.url ?? '' }
  const isMoving = isFilm(file)
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={isMoving ? `Play ${file.name}` : `Show ${file.name}`}
        className={frame}
      >
        {isMoving ? (
          <>
            <Film film={shown} className="size-full object-cover" />
            <span className="absolute inset-0 m-auto flex size-7 items-center justify-center rounded-full bg-surface text-ink shadow-near">
              <Play aria-hidden className="size-4" />
            </span>
          </>
        ) : (
          <Picture picture={shown} sizes="5rem" className="size-full object-cover" />
        )}
      </button>
      <Lightbox pictures={[shown]} shown={isOpen ? 0 : undefined} onShow={(index) => setOpen(index !== undefined)} />
    </>
  )
}

function Saved({ file }: { file: StoredFile }) {
  const { isSaving, save } = useDownload(file)
  return (
    <button type="button" onClick={save} disabled={isSaving} aria-label={`Download ${file.name}`} className={frame}>
      <FileText aria-hidden className="size-5" />
    </button>
  )
}
