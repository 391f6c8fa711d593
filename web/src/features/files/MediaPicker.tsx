import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Images, Upload as UploadIcon } from 'lucide-react'
import type { StoredFile } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { State } from '@/components/State'
import { filesOf, refreshFiles } from './api'
import { Picture } from './Attachments'
import { ChooseFiles } from './ChooseFiles'
import { UploadList } from './UploadList'
import { useUploads } from './use-uploads'

interface MediaPickerProps {
  workspaceId: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onPick: (file: StoredFile) => void
}

/** Chooses a picture of the workspace, or brings a new one. */
export function MediaPicker({ workspaceId, open, onOpenChange, onPick }: MediaPickerProps) {
  const cache = useQueryClient()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...filesOf(workspaceId, 'image/'),
    enabled: open,
  })
  const uploads = useUploads({ workspaceId, onReady: () => void refreshFiles(cache, workspaceId) })
  // What belongs to one thread alone is not for everybody.
  const files = data?.pages.flatMap(({ items }) => items).filter(({ threadId }) => threadId == null)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Choose a picture" size="wide">
      <div className="flex items-center gap-2 text-sm text-ink-soft">
        <ChooseFiles icon={UploadIcon} label="Upload pictures" accept="image/*" onFiles={uploads.add} />
        Upload a new one, or choose one that is here.
      </div>
      <UploadList uploads={uploads} />
      {error ? (
        <ErrorState error={error} title="The pictures could not be loaded" onRetry={() => void refetch()} />
      ) : !files ? (
        <LoadingState label="Loading the pictures" />
      ) : files.length === 0 ? (
        <State icon={Images} title="No picture yet">
          What is uploaded here can be used by everybody in this workspace.
        </State>
      ) : (
        <ul aria-label="Pictures" className="grid grid-cols-2 gap-2 sm:grid-cols-3">
          {files.map((file) => (
            <li key={file.id}>
              <button
                type="button"
                aria-label={`Choose ${file.name}`}
                onClick={() => {
                  onPick(file)
                  onOpenChange(false)
                }}
                className="block w-full overflow-hidden rounded-lg border border-line bg-hover hover:border-accent-ink"
              >
                <Picture picture={{ ...file, url: file.url ?? '' }} className="aspect-4/3 w-full object-cover" />
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
    </Dialog>
  )
}
