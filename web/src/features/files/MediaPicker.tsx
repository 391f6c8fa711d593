import { useInfiniteQuery } from '@tanstack/react-query'
import { FileText, Images, Upload as UploadIcon } from 'lucide-react'
import { useState } from 'react'
import type { StoredFile } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Select } from '@/components/Select'
import { State } from '@/components/State'
import { filesOf } from './api'
import { Picture } from './Attachments'
import { ChooseFiles } from './ChooseFiles'
import { Film } from './Film'
import { isFilm, isPicture } from './kinds'

interface MediaPickerProps {
  workspaceId: string
  /** Pictures alone, or films and everything else as well. */
  takes: 'pictures' | 'anything'
  open: boolean
  onOpenChange: (open: boolean) => void
  onPick: (file: StoredFile) => void
  /** New ones, to be uploaded by whoever asked. */
  onFiles: (files: readonly File[]) => void
  /** It is off the screen. Whoever is told has the focus. */
  onClosed?: () => void
}

/** By the beginning of their type. */
const kinds = [
  { value: 'image/', label: 'Pictures' },
  { value: 'video/', label: 'Videos' },
  { value: '', label: 'All files' },
] as const

/** Chooses a file of the workspace, or brings new ones. */
export function MediaPicker({ open, onOpenChange, onClosed, ...props }: MediaPickerProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={props.takes === 'pictures' ? 'Choose a picture' : 'Choose a file'}
      size="wide"
      {...(onClosed && { onClosed })}
    >
      <Choice {...props} onDone={() => onOpenChange(false)} />
    </Dialog>
  )
}

type ChoiceProps = Omit<MediaPickerProps, 'open' | 'onOpenChange' | 'onClosed'> & { onDone: () => void }

function Choice({ workspaceId, takes, onPick, onFiles, onDone }: ChoiceProps) {
  const [kind, setKind] = useState<string>('image/')
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    filesOf(workspaceId, kind),
  )
  // What belongs to one thread alone is not for everybody.
  const files = data?.pages
    .flatMap(({ items }) => items)
    .filter((file) => file.threadId == null && (takes === 'anything' || isPicture(file)))
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3 text-sm text-ink-soft">
        <p className="flex items-center gap-2">
          <ChooseFiles
            icon={UploadIcon}
            label={takes === 'pictures' ? 'Upload pictures' : 'Upload files'}
            {...(takes === 'pictures' && { accept: 'image/*' })}
            onFiles={(chosen) => {
              onFiles(chosen)
              onDone()
            }}
          />
          Upload a new one, or choose one that is here.
        </p>
        {takes === 'anything' && (
          <Select
            label="Kind of file"
            labelHidden
            value={kind}
            options={kinds}
            onChange={({ target }) => setKind(target.value)}
          />
        )}
      </div>
      {error ? (
        <ErrorState error={error} title="The files could not be loaded" onRetry={() => void refetch()} />
      ) : !files ? (
        <LoadingState label="Loading the files" />
      ) : files.length === 0 ? (
        <State icon={Images} title="Nothing here yet">
          What is uploaded here can be used by everybody in this workspace.
        </State>
      ) : (
        <ul aria-label="Files" className="grid grid-cols-2 gap-2 sm:grid-cols-3">
          {files.map((file) => (
            <li key={file.id}>
              <button
                type="button"
                aria-label={`Choose ${file.name}`}
                title={file.name}
                onClick={() => {
                  onPick(file)
                  onDone()
                }}
                className="block aspect-4/3 w-full overflow-hidden rounded-lg border border-line bg-hover hover:border-accent-ink"
              >
                <Look file={file} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  )
}

function Look({ file }: { file: StoredFile }) {
  const shown = { ...file, url: file.url ?? '' }
  if (isPicture(file))
    return <Picture picture={shown} sizes="(min-width: 40rem) 16rem, 50vw" className="size-full object-cover" />
  if (isFilm(file)) return <Film film={shown} className="size-full object-cover" />
  return (
    <span className="flex h-full flex-col items-center justify-center gap-2 p-3 text-xs text-ink-soft">
      <FileText aria-hidden className="size-6" />
      <span className="max-w-full truncate">{file.name}</span>
    </span>
  )
}
