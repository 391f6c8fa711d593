import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, GripVertical, Images, X } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useRef, useState, type DragEvent, type ReactNode } from 'react'
import type { ContentItem, StoredFile } from '@/api/types'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { IconButton } from '@/components/IconButton'
import { TextField } from '@/components/TextField'
import { sizeOf } from '@/lib/bytes'
import { Problem } from '@/lib/problem'
import { useDroppedFiles } from '@/lib/react/use-dropped-files'
import { useContentFiles } from './files'
import { changeMedia, LONGEST_ALT, mediaOf, MOST_MEDIA, moved, withAlt, withoutFile, type Media } from './media'
import { useSavedText } from './use-saved-text'

interface ItemMediaProps {
  item: ContentItem
  mayWrite: boolean
  /** What is on its way. */
  uploads: ReactNode
  onFiles: (files: readonly File[]) => void
  /** Somebody wants one of those that are here. */
  onChoose: () => void
}

/** The files that go with an item, in their order: pictures, films and others, each with what it shows. */
export function ItemMedia({ item, mayWrite, uploads, onFiles, onChoose }: ItemMediaProps) {
  const titleId = useId()
  const section = useRef<HTMLElement>(null)
  const take = (files: readonly File[]) => {
    if (mayWrite) onFiles(files)
  }
  const isOver = useDroppedFiles(section, take) && mayWrite
  usePastedFiles(take)
  const [said, setSaid] = useState('')
  const [dragged, setDragged] = useState<string>()
  const media = mediaOf(item)
  const isFull = media.length >= MOST_MEDIA

  const move = (fileId: string, name: string, to: number) => {
    if (to < 0 || to >= media.length) return
    changeMedia(item, (all) => moved(all, fileId, to))
    setSaid(`${name} is now ${to + 1} of ${media.length}.`)
  }

  if (media.length === 0 && !mayWrite) return null
  return (
    <section
      ref={section}
      aria-labelledby={titleId}
      className={cx(
        'flex flex-col gap-3 rounded-xl border p-4',
        isOver ? 'border-accent-ink bg-selected' : 'border-line',
      )}
    >
      <div className="flex min-h-control-small items-center gap-2">
        <h2 id={titleId} className="flex-1 text-sm font-semibold">
          Media
        </h2>
        {mayWrite && (
          <Button size="small" disabled={isFull} onClick={onChoose}>
            <Images aria-hidden className="size-3.5" />
            Add files…
          </Button>
        )}
      </div>
      {media.length === 0 ? (
        <p className="text-sm text-pretty text-ink-soft">
          Nothing goes with it yet. Pictures, videos and other files can also be dropped here, or pasted.
        </p>
      ) : (
        <ol aria-labelledby={titleId} className="flex flex-col gap-2">
          {media.map((one, at) => (
            <Row
              key={one.fileId}
              media={one}
              at={at}
              of={media.length}
              mayWrite={mayWrite}
              dragged={dragged}
              onDrag={setDragged}
              onMove={(name, to) => move(one.fileId, name, to)}
              onDrop={(fileId) => move(fileId, 'The file', at)}
              onAlt={(alt) => changeMedia(item, (all) => withAlt(all, one.fileId, alt))}
              onRemove={(name) => {
                changeMedia(item, (all) => withoutFile(all, one.fileId))
                setSaid(`${name} does not go with it any more.`)
                section.current?.querySelector('button')?.focus()
              }}
            />
          ))}
        </ol>
      )}
      {uploads}
      {isFull && <p className="text-xs text-ink-soft">More than {MOST_MEDIA} files cannot go with one item.</p>}
      <p role="status" className="sr-only">
        {said}
      </p>
    </section>
  )
}

interface RowProps {
  media: Media
  at: number
  of: number
  mayWrite: boolean
  /** The file that is held over the list. */
  dragged: string | undefined
  onDrag: (fileId: string | undefined) => void
  onMove: (name: string, to: number) => void
  onDrop: (fileId: string) => void
  onAlt: (alt: string) => void
  onRemove: (name: string) => void
}

function Row({ media: { fileId, alt }, at, of, mayWrite, dragged, onDrag, onMove, onDrop, onAlt, onRemove }: RowProps) {
  const files = useContentFiles()
  const { data: file, error } = useQuery(files.query(fileId))
  const [isOver, setOver] = useState(false)
  const row = useRef<HTMLLIElement>(null)
  const isGone = !file && error instanceof Problem && error.status === 404
  const name = file?.name ?? (isGone ? 'A deleted file' : 'A file')

  const grab = (event: DragEvent) => {
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', name)
    if (row.current) event.dataTransfer.setDragImage(row.current, 0, 0)
    onDrag(fileId)
  }
  return (
    // What is dropped on it can be put there by its buttons too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      ref={row}
      aria-label={name}
      onDragOver={(event) => {
        if (dragged === undefined) return
        event.preventDefault()
        setOver(dragged !== fileId)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        if (dragged === undefined) return
        event.preventDefault()
        onDrop(dragged)
      }}
      className={cx(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border bg-surface p-2',
        isOver ? 'border-accent-ink bg-selected' : 'border-line',
        dragged === fileId && 'opacity-60',
      )}
    >
      {mayWrite && (
        // For the pointer alone; the buttons do the same.
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions
        <span
          draggable
          title="Drag it to its place"
          onDragStart={grab}
          onDragEnd={() => onDrag(undefined)}
          className="flex h-15 cursor-grab items-center text-ink-soft max-sm:hidden"
        >
          <GripVertical aria-hidden className="size-4" />
        </span>
      )}
      {/* A picture that is dragged would count as a file that is brought. */}
      <span className="flex [&_img]:pointer-events-none">{files.preview(fileId)}</span>
      <div className="flex min-w-0 flex-1 flex-col gap-1.5 max-sm:contents">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm max-sm:flex-1">
          <span className="max-w-full truncate font-medium" title={name}>
            {name}
          </span>
          {file && <span className="text-xs text-ink-soft">{sizeOf(file.size)}</span>}
        </p>
        <div className="max-sm:order-last max-sm:basis-full">
          {isGone ? (
            <p className="text-xs text-pretty text-danger">
              It was deleted, and nobody sees it any more. What it showed: {alt === '' ? 'not said.' : alt}
            </p>
          ) : mayWrite && file && isSeen(file) ? (
            <Alt alt={alt} onSave={onAlt} />
          ) : (
            alt !== '' && <p className="text-sm text-pretty wrap-anywhere text-ink-soft">{alt}</p>
          )}
        </div>
      </div>
      {mayWrite && (
        <span className="flex">
          {/* Not disabled at the ends, where the focus would be lost. */}
          <IconButton
            icon={ArrowUp}
            label={`Move ${name} up`}
            size="small"
            aria-disabled={at === 0}
            onClick={() => onMove(name, at - 1)}
          />
          <IconButton
            icon={ArrowDown}
            label={`Move ${name} down`}
            size="small"
            aria-disabled={at === of - 1}
            onClick={() => onMove(name, at + 1)}
          />
          <IconButton icon={X} label={`Remove ${name}`} size="small" onClick={() => onRemove(name)} />
        </span>
      )}
    </li>
  )
}

const isSeen = ({ type }: StoredFile) => /^(?:image|video)\//.test(type)

function Alt({ alt, onSave }: { alt: string; onSave: (alt: string) => void }) {
  const { text, onChange, flush } = useSavedText(alt, (typed) => onSave(typed.trim()))
  return (
    <TextField
      label="What it shows"
      hint={text === '' ? 'For those who cannot see it. Leave it empty if it only decorates.' : undefined}
      value={text}
      maxLength={LONGEST_ALT}
      onChange={({ target }) => onChange(target.value)}
      onBlur={flush}
    />
  )
}

/** Files that are pasted where nothing takes them. */
function usePastedFiles(onFiles: (files: readonly File[]) => void) {
  const take = useEffectEvent(onFiles)
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      const { target } = event
      const isElsewhere =
        target instanceof Element && target.closest('input, textarea, [contenteditable=true], [role=dialog]') !== null
      if (files.length === 0 || event.defaultPrevented || isElsewhere) return
      event.preventDefault()
      take(files)
    }
    addEventListener('paste', paste)
    return () => removeEventListener('paste', paste)
  }, [])
}
