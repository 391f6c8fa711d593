import { CircleAlert, FileText, RotateCw, X } from 'lucide-react'
import { cx } from '@/components/cx'
import { IconButton } from '@/components/IconButton'
import { sizeOf } from '@/lib/bytes'
import type { Upload, Uploads } from './use-uploads'

/** What is being uploaded, how far it is, and what went wrong. */
export function UploadList({ uploads, label = 'Attachments' }: { uploads: Uploads; label?: string }) {
  if (uploads.list.length === 0) return null
  return (
    <ul aria-label={label} className="flex max-h-[30vh] flex-wrap gap-2 overflow-y-auto p-2">
      {uploads.list.map((one) => (
        <Item key={one.id} upload={one} uploads={uploads} />
      ))}
    </ul>
  )
}

function Item({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const { name, size, progress, preview, error, file } = upload
  return (
    <li
      className={cx(
        'relative flex w-64 max-w-full items-center gap-2 overflow-hidden rounded-lg border p-1.5',
        error === undefined ? 'border-line' : 'border-danger',
      )}
    >
      {preview === undefined ? (
        <span className="flex size-10 shrink-0 items-center justify-center rounded-md bg-hover text-ink-soft">
          <FileText aria-hidden className="size-5" />
        </span>
      ) : (
        <img src={preview} alt="" className="size-10 shrink-0 rounded-md object-cover" />
      )}
      <div className="min-w-0 flex-1 text-xs">
        <p className="truncate font-medium text-ink" title={name}>
          {name}
        </p>
        {error === undefined ? (
          <p className="text-ink-soft tabular-nums">{stateOf(upload)}</p>
        ) : (
          <p role="alert" className="flex items-start gap-1 text-pretty wrap-anywhere text-danger">
            <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
            {error}
          </p>
        )}
        <span className="sr-only" role="status">
          {file ? `${name}, ${sizeOf(size)}, is attached.` : ''}
        </span>
      </div>
      {error !== undefined && (
        <IconButton icon={RotateCw} label={`Try ${name} again`} size="small" onClick={() => uploads.retry(upload.id)} />
      )}
      <IconButton icon={X} label={`Remove ${name}`} size="small" onClick={() => uploads.remove(upload.id)} />
      {!file && error === undefined && (
        <div
          role="progressbar"
          aria-label={`Uploading ${name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={progress}
          className="absolute inset-x-0 bottom-0 h-0.75 bg-hover"
        >
          <div className="h-full bg-accent" style={{ width: `${progress}%` }} />
        </div>
      )}
    </li>
  )
}

function stateOf({ size, progress, isWaiting, file }: Upload): string {
  if (file) return sizeOf(size)
  if (isWaiting) return 'Waits for the connection'
  return progress === 100 ? 'Being checked' : `${progress} % of ${sizeOf(size)}`
}
