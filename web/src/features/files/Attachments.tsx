import { useQuery } from '@tanstack/react-query'
import { Download, FileText, ImageOff } from 'lucide-react'
import { useState } from 'react'
import type { Attachment } from '@/api/types'
import { IconButton } from '@/components/IconButton'
import { sizeOf } from '@/lib/bytes'
import { fileWith } from './api'
import { isPicture } from './kinds'
import { Lightbox } from './Lightbox'
import { reachable, sourcesOf } from './links'
import { useDownload } from './use-download'

/** What goes with a message: pictures to look at, everything else to save. */
export function Attachments({ attachments }: { attachments: readonly Attachment[] }) {
  const [shown, setShown] = useState<number>()
  const pictures = attachments.filter(isPicture)
  const others = attachments.filter((one) => !isPicture(one))
  return (
    <div className="flex flex-col gap-2 py-1">
      {pictures.length > 0 && (
        <ul aria-label="Pictures" className="flex flex-wrap gap-2">
          {pictures.map((picture, index) => (
            <li key={picture.id} className="max-w-full">
              <button
                type="button"
                onClick={() => setShown(index)}
                aria-label={`Show ${picture.name}`}
                className="block max-w-full overflow-hidden rounded-lg border border-line bg-hover"
              >
                <Picture picture={picture} sizes="20rem" className="h-40 max-w-full object-cover sm:max-w-80" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <ul aria-label="Files" className="flex flex-col gap-1.5">
          {others.map((file) => (
            <FileCard key={file.id} file={file} />
          ))}
        </ul>
      )}
      <Lightbox pictures={pictures} shown={shown} onShow={setShown} />
    </div>
  )
}

interface PictureProps {
  picture: Pick<Attachment, 'id' | 'name' | 'url' | 'width' | 'variants'>
  className: string
  /** How wide it is shown, so that the browser takes the smallest that does; absent: as large as there is room. */
  sizes?: string
}

/** A picture by the address that came with it, or, when that has ended, by a new one. */
export function Picture({ picture, className, sizes }: PictureProps) {
  const [failed, setFailed] = useState<string>()
  const renewed = useQuery({ ...fileWith(picture.id), enabled: failed === picture.url })
  const current = failed === picture.url ? renewed.data : picture
  const url = current?.url
  const isGone = renewed.isError || (failed !== undefined && failed === renewed.data?.url)
  if (isGone)
    return (
      <span className="flex h-40 w-48 flex-col items-center justify-center gap-2 p-3 text-xs text-ink-soft">
        <ImageOff aria-hidden className="size-5" />
        <span className="max-w-full truncate">{picture.name}</span>
        It cannot be shown
      </span>
    )
  // Its place is kept while it loads.
  if (url == null) return <span className="block h-40 w-48 animate-pulse" />
  return (
    <img
      src={reachable(url)}
      {...sourcesOf(current, sizes)}
      alt={picture.name}
      loading="lazy"
      decoding="async"
      className={className}
      onError={() => setFailed(url)}
    />
  )
}

function FileCard({ file }: { file: Attachment }) {
  const { isSaving, save } = useDownload(file)
  return (
    <li className="flex w-80 max-w-full items-center gap-2.5 rounded-lg border border-line bg-surface p-2">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-hover text-ink-soft">
        <FileText aria-hidden className="size-5" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm font-medium" title={file.name}>
          {file.name}
        </span>
        <span className="block text-xs text-ink-soft">{sizeOf(file.size)}</span>
      </span>
      <IconButton icon={Download} label={`Download ${file.name}`} size="small" busy={isSaving} onClick={save} />
    </li>
  )
}
