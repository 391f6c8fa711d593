import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ContentItem, ContentRevision, ContentRevisionDetails } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Select } from '@/components/Select'
import { toast } from '@/components/toasts'
import { dateAndTime } from '@/lib/dates'
import { restoreRevision, revisionOf, sittingsOf } from './api'
import { putItem } from './changes'
import { useFileNames } from './files'
import { whatChanged } from './ItemHistory'
import type { NameOf } from './people'
import { plainOf } from './plain'

const Difference = lazy(() => import('./Difference').then((module) => ({ default: module.Difference })))

interface RevisionDialogProps {
  item: ContentItem
  /** Absent while none is looked at. */
  sitting: ContentRevision | undefined
  nameOf: NameOf
  mayWrite: boolean
  onClose: () => void
}

/** What an item said after a step of its history, against what it said before or says now, and the way back there. */
export function RevisionDialog({ sitting, onClose, nameOf, ...props }: RevisionDialogProps) {
  return (
    <Dialog
      open={sitting !== undefined}
      onOpenChange={onClose}
      size="wide"
      title={sitting ? `${nameOf(sitting.authorId)}, ${dateAndTime(sitting.createdAt)}` : ''}
      description={sitting ? whatChanged(sitting) : ''}
    >
      {sitting && <Revision key={sitting.n} sitting={sitting} onClose={onClose} {...props} />}
    </Dialog>
  )
}

type Against = 'before' | 'now'

function Revision({
  item,
  sitting,
  mayWrite,
  onClose,
}: Omit<RevisionDialogProps, 'sitting' | 'nameOf'> & { sitting: ContentRevision }) {
  const cache = useQueryClient()
  const [against, setAgainst] = useState<Against>('before')
  const [failure, setFailure] = useState<unknown>()
  const [isBusy, setIsBusy] = useState(false)
  const first = sitting.from ?? sitting.n
  const after = useQuery(revisionOf(item.id, sitting.n))
  // Before the first there was nothing.
  const before = useQuery({ ...revisionOf(item.id, first - 1), enabled: against === 'before' && first > 1 })
  const now = useQuery({ ...revisionOf(item.id, item.version), enabled: against === 'now' })
  const other = against === 'before' ? before : now
  const names = useFileNames(after.data, other.data)
  const error = after.error ?? other.error
  const isReady = after.data !== undefined && (other.data !== undefined || (against === 'before' && first <= 1))

  const restore = async () => {
    setIsBusy(true)
    setFailure(undefined)
    try {
      putItem(cache, await restoreRevision(item.id, sitting.n))
      void cache.invalidateQueries({ queryKey: sittingsOf(item.id).queryKey, exact: true })
      toast({ tone: 'success', message: 'It says again what it said then. What it said until now is in the history.' })
      onClose()
    } catch (refusal) {
      setFailure(refusal)
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <>
      <Select
        label="Compared with"
        value={against}
        onChange={(event) => setAgainst(event.target.value as Against)}
        options={[
          { value: 'before', label: 'What it said before' },
          { value: 'now', label: 'What it says now' },
        ]}
      />
      {isReady ? (
        <Suspense fallback={<LoadingState label="Loading the difference" />}>
          {against === 'before' ? (
            <Difference
              before={said(other.data, names)}
              after={said(after.data, names)}
              label="What this step changed"
            />
          ) : (
            <Difference before={said(after.data, names)} after={said(other.data, names)} label="What changed since" />
          )}
        </Suspense>
      ) : error ? (
        <ErrorState
          error={error}
          title="This step could not be loaded"
          onRetry={() => {
            void after.refetch()
            void other.refetch()
          }}
        />
      ) : (
        <LoadingState label="Loading this step" />
      )}
      {failure !== undefined && <Notice tone="danger">{describe(failure)}</Notice>}
      {mayWrite && sitting.n < item.version && (
        <div className="flex flex-wrap items-center justify-end gap-3">
          <p className="min-w-0 flex-1 basis-48 text-xs text-ink-soft">
            Nothing is lost: what it says now stays in the history.
          </p>
          <Button variant="primary" busy={isBusy} disabled={!isReady} onClick={() => void restore()}>
            Have it say this again
          </Button>
        </div>
      )}
    </>
  )
}

const said = (revision: ContentRevisionDetails | undefined, names: ReadonlyMap<string, string>) =>
  revision ? plainOf(revision, names) : ''
