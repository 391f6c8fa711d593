import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArchiveRestore, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { describe } from '@/components/problem-form'
import { ScreenHeader } from '@/components/ScreenHeader'
import { State } from '@/components/State'
import { toast } from '@/components/toasts'
import { When } from '@/components/When'
import { deleteForGood, restoreItem, trashOf } from './api'
import { putItem } from './changes'
import { KindIcon } from './KindIcon'

interface TrashScreenProps {
  workspaceId: string
  mayWrite: boolean
  /** Whether this person may delete for good. */
  mayDelete: boolean
  back: ReactNode
  status: ReactNode
}

/** What was deleted and can still be had back. */
export function TrashScreen({ workspaceId, mayWrite, mayDelete, back, status }: TrashScreenProps) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(trashOf(workspaceId))
  const [deleting, setDeleting] = useState<ContentItem>()

  return (
    <>
      <ScreenHeader title="Trash" back={back} actions={status} />
      {!data ? (
        error ? (
          <ErrorState error={error} title="The trash could not be loaded" onRetry={() => void refetch()} />
        ) : (
          <LoadingState label="Loading the trash" />
        )
      ) : data.length === 0 ? (
        <State icon={Trash2} title="The trash is empty">
          What is deleted stays here for 30 days and can be had back.
        </State>
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-2">
          <p className="px-2 pb-3 text-sm text-ink-soft">What is here is deleted for good after 30 days.</p>
          <ul aria-label="Trash" className="flex flex-col divide-y divide-line">
            {data.map((item) => (
              <li key={item.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-2 py-2.5 text-sm">
                <KindIcon kind={item.kind} />
                <span className="min-w-0 flex-1 basis-48">
                  <span className="block truncate font-medium">{item.title}</span>
                  {item.deletedAt != null && (
                    <span className="text-xs text-ink-soft">
                      deleted <When at={item.deletedAt} />
                    </span>
                  )}
                </span>
                {mayWrite && (
                  <Button size="small" onClick={() => void restore(item)}>
                    <ArchiveRestore aria-hidden className="size-3.5" />
                    Restore<span className="sr-only"> {item.title}</span>
                  </Button>
                )}
                {mayDelete && (
                  <Button size="small" variant="danger" onClick={() => setDeleting(item)}>
                    <Trash2 aria-hidden className="size-3.5" />
                    Delete for good<span className="sr-only">: {item.title}</span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ConfirmDialog
        open={deleting !== undefined}
        onOpenChange={() => setDeleting(undefined)}
        title={`Delete “${deleting?.title ?? ''}” for good?`}
        confirm="Delete for good"
        dangerous
        onConfirm={async () => {
          if (!deleting) return
          await deleteForGood(deleting.id)
          await cache.invalidateQueries({ queryKey: trashOf(workspaceId).queryKey })
        }}
      >
        Its text, its history and its comments go, for everybody. Nobody can have them back.
      </ConfirmDialog>
    </>
  )

  async function restore(item: ContentItem) {
    try {
      putItem(cache, await restoreItem(item.id))
      toast({ tone: 'success', message: `“${item.title}” is back.` })
    } catch (failure) {
      toast({ tone: 'danger', message: `“${item.title}” could not be restored. ${describe(failure)}` })
    }
  }
}
