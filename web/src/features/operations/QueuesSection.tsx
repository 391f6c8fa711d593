import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pause, Play } from 'lucide-react'
import type { QueueInfo } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Table } from '@/components/Table'
import { When } from '@/components/When'
import { dateAndTime } from '@/lib/dates'
import { useNow } from '@/lib/react/use-now'
import { overview, pauseQueue, refreshOps, resumeQueue } from './api'
import { useOpsNews } from './use-ops-news'
import { ageText, countText, failuresOf, rateOf } from './figures'

/** How the queues stand, who works on them and what recurs (JB-5). */
export function QueuesSection() {
  useOpsNews()
  const { data, error, refetch } = useQuery(overview)
  if (!data)
    return error ? (
      <ErrorState error={error} title="The queues could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the queues" rows={7} />
    )
  return (
    <>
      {error && <Notice tone="warning">These figures are old: {describe(error)}</Notice>}
      {!data.workers.some(({ isAlive }) => isAlive) && (
        <Notice tone="danger">No process works on jobs. Start one with the role “worker”.</Notice>
      )}
      <Queues queues={data.queues} />
      <div className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">Workers</h2>
        <Table
          label="Workers"
          rows={data.workers}
          keyOf={({ id }) => String(id)}
          empty={<p className="text-sm text-ink-soft">None.</p>}
          columns={[
            { header: 'Process', cell: ({ name, id }) => `${name} · ${id}` },
            {
              header: 'State',
              cell: ({ isAlive }) => (
                <Badge tone={isAlive ? 'success' : 'danger'}>{isAlive ? 'Works' : 'Not heard of'}</Badge>
              ),
            },
            { header: 'Jobs', align: 'end', cell: ({ running }) => running },
            { header: 'Since', cell: ({ startedAt }) => <When at={startedAt} /> },
            { header: 'Heard of', cell: ({ seenAt }) => <When at={seenAt} /> },
          ]}
        />
      </div>
      <div className="flex flex-col gap-3">
        <h2 className="text-base font-semibold">Recurring jobs</h2>
        <Table
          label="Recurring jobs"
          rows={data.schedules}
          keyOf={({ name }) => name}
          empty={<p className="text-sm text-ink-soft">None.</p>}
          columns={[
            { header: 'Name', cell: ({ name }) => name },
            {
              header: 'When',
              cell: ({ cron, zone }) => (
                <code className="font-mono text-xs whitespace-nowrap">{`${cron} ${zone}`}</code>
              ),
            },
            {
              header: 'Next',
              cell: ({ nextAt }) => (nextAt == null ? 'Never' : <When at={nextAt} text={dateAndTime(nextAt)} />),
            },
            { header: 'Last', cell: ({ lastAt }) => (lastAt == null ? 'Not yet' : <When at={lastAt} />) },
          ]}
        />
      </div>
    </>
  )
}

function Queues({ queues }: { queues: readonly QueueInfo[] }) {
  const now = useNow(1_000)
  return (
    <div className="flex flex-col gap-3">
      <h2 className="text-base font-semibold">Queues</h2>
      <Table
        label="Queues"
        rows={queues}
        keyOf={({ name }) => name}
        columns={[
          {
            header: 'Queue',
            cell: ({ name, isPaused }) => (
              <span className="flex items-center gap-2 font-medium">
                {name}
                {isPaused && <Badge tone="warning">Paused</Badge>}
              </span>
            ),
          },
          { header: 'Ready', align: 'end', cell: ({ ready }) => countText(ready) },
          {
            header: 'Oldest',
            align: 'end',
            cell: ({ oldestAt }) => (oldestAt == null ? '–' : ageText(oldestAt, now)),
          },
          { header: 'Running', align: 'end', cell: ({ running }) => countText(running) },
          { header: 'Later', align: 'end', cell: ({ later, blocked }) => countText(later + blocked) },
          { header: 'Done a minute', align: 'end', cell: (queue) => rateOf(queue, now) },
          { header: 'Failures, 1 h', align: 'end', cell: failuresOf },
          {
            header: 'Dead',
            align: 'end',
            cell: ({ dead }) => <span className={dead > 0 ? 'font-medium text-danger' : ''}>{countText(dead)}</span>,
          },
          { header: 'Actions', headerHidden: true, align: 'end', cell: (queue) => <PauseButton queue={queue} /> },
        ]}
      />
    </div>
  )
}

function PauseButton({ queue: { name, isPaused } }: { queue: QueueInfo }) {
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: () => (isPaused ? resumeQueue(name) : pauseQueue(name)),
    onSettled: () => refreshOps(cache),
  })
  const Icon = isPaused ? Play : Pause
  return (
    <>
      <Button size="small" variant="quiet" busy={change.isPending} onClick={() => change.mutate()}>
        <Icon aria-hidden className="size-3.5" />
        {isPaused ? 'Resume' : 'Pause'}
        <span className="sr-only"> {name}</span>
      </Button>
      {change.isError && (
        <span role="alert" className="text-xs text-danger">
          {describe(change.error)}
        </span>
      )}
    </>
  )
}
