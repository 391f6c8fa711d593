import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Archive, Download, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { WorkspaceExport } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { cx } from '@/components/cx'
import { ErrorState } from '@/components/ErrorState'
import { IconButton } from '@/components/IconButton'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Progress } from '@/components/Progress'
import { SettingsSection } from '@/components/SettingsSection'
import { State } from '@/components/State'
import { toast } from '@/components/toasts'
import { When } from '@/components/When'
import { sizeOf } from '@/lib/bytes'
import { userChannel } from '@/lib/channels'
import { realtime } from '@/lib/client'
import { dateOf } from '@/lib/dates'
import { followLink } from '@/lib/save-file'
import { exportsOf, isUnderWay, linkTo, refreshExports, removeExport, startExport } from './api'
import { withProgress, type JobNews } from './progress'
import { contentsOf, wordOf } from './words'

interface ExportListProps {
  workspaceId: string
  userId: string
  /** Which one a notification led to. */
  shown?: string | undefined
}

/** The archives of a workspace: having one made, seeing how far it is, downloading it (WH-3). */
export function ExportList({ workspaceId, userId, shown }: ExportListProps) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(exportsOf(workspaceId))
  const start = useMutation({
    mutationFn: () => startExport(workspaceId),
    onSettled: () => refreshExports(cache, workspaceId),
  })
  useProgress(workspaceId, userId)

  const isBusy = data?.some(isUnderWay) ?? false
  const begin = (
    <Button
      size="small"
      variant="primary"
      busy={start.isPending}
      aria-disabled={isBusy}
      className={cx(isBusy && 'opacity-60')}
      onClick={() => !isBusy && start.mutate()}
    >
      {!start.isPending && <Archive aria-hidden className="size-4" />}
      Make an archive
    </Button>
  )

  return (
    <SettingsSection
      title="Export"
      description="The whole workspace as one file: its people, threads and messages, as JSON in a zip archive. Private threads stay with those who take part in them."
      action={data?.length !== 0 && begin}
    >
      {start.isError && <Notice tone="danger">{describe(start.error)}</Notice>}
      {data ? (
        data.length === 0 ? (
          <State icon={Archive} title="No archive yet" action={begin}>
            It is made in the background. You get a notification when it is ready, and can go on meanwhile.
          </State>
        ) : (
          <ul aria-label="Archives" className="flex flex-col divide-y divide-line">
            {data.map((one) => (
              <Item key={one.id} item={one} isShown={one.id === shown} />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState error={error} title="The archives could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading the archives" rows={2} />
      )}
    </SettingsSection>
  )
}

/** Whoever asked for an archive hears on the own channel how far it is. */
function useProgress(workspaceId: string, userId: string): void {
  const cache = useQueryClient()
  useEffect(
    () =>
      realtime.subscribe(userChannel(userId), {
        reset: () => void refreshExports(cache, workspaceId),
        ephemeral: (payload) => {
          if (payload.op === 'job')
            cache.setQueryData(
              exportsOf(workspaceId).queryKey,
              (known) => known && withProgress(known, payload.job as JobNews),
            )
        },
      }),
    [cache, workspaceId, userId],
  )
}

function Item({ item, isShown }: { item: WorkspaceExport; isShown: boolean }) {
  const cache = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const refresh = () => refreshExports(cache, item.workspaceId)
  const { tone, text } = wordOf(item.state)
  const download = useMutation({
    mutationFn: () => linkTo(item),
    onSuccess: ({ url }) => followLink(url),
    onError: (problem) => toast({ message: describe(problem), tone: 'danger' }),
  })
  const cancel = useMutation({
    mutationFn: () => removeExport(item),
    onSettled: refresh,
    onError: (problem) => toast({ message: describe(problem), tone: 'danger' }),
  })

  return (
    <li
      className={cx(
        'flex flex-col gap-3 py-4 first:pt-0 last:pb-0',
        isShown && '-mx-4 bg-selected px-4 first:-mt-4 first:pt-4 last:-mb-4 last:pb-4',
      )}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="flex min-w-0 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-2">
            <p className="text-sm font-medium">
              <When at={item.readyAt ?? item.createdAt} text={dateOf(item.readyAt ?? item.createdAt)} />
            </p>
            <Badge tone={tone}>{text}</Badge>
          </div>
          <p className="text-xs wrap-anywhere text-ink-soft">{factsOf(item)}</p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          {item.state === 'ready' && (
            <Button size="small" busy={download.isPending} onClick={() => download.mutate()}>
              {!download.isPending && <Download aria-hidden className="size-4" />}
              Download
            </Button>
          )}
          {isUnderWay(item) ? (
            <Button size="small" busy={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          ) : (
            <IconButton icon={Trash2} label="Remove this archive" size="small" onClick={() => setAsking(true)} />
          )}
        </div>
      </div>
      {isUnderWay(item) && (
        <Progress
          label={item.state === 'waiting' ? 'Waiting for its turn' : 'Being made'}
          value={item.progress ?? undefined}
          hint={item.note == null ? undefined : `writing ${item.note}`}
        />
      )}
      {item.error != null && item.state !== 'ready' && (
        <Notice tone={item.state === 'failed' ? 'danger' : 'warning'}>
          {item.state === 'failed' ? 'It could not be made. ' : 'The last try failed; it is tried again. '}
          {item.error}
        </Notice>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Remove this archive?"
        confirm="Remove archive"
        dangerous
        onConfirm={async () => {
          await removeExport(item)
          await refresh()
        }}
      >
        Nobody can download it any more, by links that were made for it neither. You can have another one made.
      </ConfirmDialog>
    </li>
  )
}

function factsOf({ requestedByName, bytes, counts, readyAt, expiresAt }: WorkspaceExport): string {
  return [
    bytes != null && sizeOf(bytes),
    counts && contentsOf(counts),
    requestedByName != null && `asked for by ${requestedByName}`,
    readyAt != null && `kept until ${dateOf(expiresAt)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}
