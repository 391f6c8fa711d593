import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import type { JobRecord } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { Table } from '@/components/Table'
import { Tabs } from '@/components/Tabs'
import { When } from '@/components/When'
import { dateAndTime } from '@/lib/dates'
import { cancelJob, discardJob, jobsIn, refreshOps, replayJobs, retryJob, type JobState } from './api'
import { JobDetails } from './JobDetails'

const states: readonly { value: JobState; label: string; empty: string }[] = [
  { value: 'dead', label: 'Dead', empty: 'No job was given up.' },
  { value: 'running', label: 'Running', empty: 'Nothing runs right now.' },
  { value: 'ready', label: 'Ready', empty: 'No job waits.' },
  { value: 'later', label: 'Later', empty: 'No job waits for its time.' },
  { value: 'done', label: 'Done', empty: 'Nothing ended in the last quarter of an hour.' },
]

/** Single jobs by their state, the first hundred, and what an operator can do about them. */
export function JobsSection() {
  const cache = useQueryClient()
  const [isReplaying, setReplaying] = useState(false)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end justify-between gap-4">
        <h2 className="text-base font-semibold">Jobs</h2>
        <Button size="small" onClick={() => setReplaying(true)}>
          Replay dead jobs
        </Button>
      </div>
      <Tabs
        label="Jobs by state"
        tabs={states.map(({ value, label, empty }) => ({
          value,
          label,
          content: <JobList state={value} empty={empty} />,
        }))}
      />
      <ConfirmDialog
        open={isReplaying}
        onOpenChange={setReplaying}
        title="Replay dead jobs?"
        confirm="Replay"
        onConfirm={async () => {
          await replayJobs()
          await refreshOps(cache)
        }}
      >
        The oldest thousand are put in again, as if they had never been tried. Do it when what made them fail is mended.
      </ConfirmDialog>
    </div>
  )
}

function JobList({ state, empty }: { state: JobState; empty: string }) {
  const { data, error, refetch } = useQuery(jobsIn(state))
  const [shown, setShown] = useState<string>()
  if (!data)
    return error ? (
      <ErrorState error={error} title="The jobs could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the jobs" rows={4} />
    )
  return (
    <>
      {error && <Notice tone="warning">This list is old: {describe(error)}</Notice>}
      <Table
        label={`Jobs: ${state}`}
        rows={data}
        keyOf={({ id }) => id}
        empty={
          <div className="py-8">
            <State icon={CircleCheck} title={empty} />
          </div>
        }
        columns={[
          {
            header: 'Kind',
            cell: ({ id, kind }) => (
              <Button size="small" variant="quiet" className="-ml-2.5" onClick={() => setShown(id)}>
                {kind}
              </Button>
            ),
          },
          { header: 'Queue', cell: ({ queue }) => queue },
          {
            header: 'Try',
            align: 'end',
            cell: ({ attempt, maxAttempts }) => (maxAttempts == null ? attempt : `${attempt} of ${maxAttempts}`),
          },
          {
            header: state === 'later' ? 'Due' : 'Since',
            cell: ({ at }) => <When at={at} {...(state === 'later' && { text: dateAndTime(at) })} />,
          },
          {
            header: 'What',
            className: 'max-w-72',
            cell: (row) => <p className="truncate text-ink-soft">{whatOf(row)}</p>,
          },
          { header: 'Actions', headerHidden: true, align: 'end', cell: (row) => <Actions job={row} /> },
        ]}
      />
      <Dialog open={shown !== undefined} onOpenChange={() => setShown(undefined)} title="Job">
        {shown !== undefined && <JobDetails id={shown} />}
      </Dialog>
    </>
  )
}

const whatOf = ({ error, note, progress }: JobRecord) =>
  error ?? [progress == null ? undefined : `${progress} %`, note ?? undefined].filter(Boolean).join(' · ')

function Actions({ job: { id, kind, state } }: { job: JobRecord }) {
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: (deed: (id: string) => Promise<unknown>) => deed(id),
    onSettled: () => refreshOps(cache),
  })
  const button = (label: string, deed: (id: string) => Promise<unknown>, isDangerous = false) => (
    <Button
      size="small"
      variant={isDangerous ? 'danger' : 'quiet'}
      busy={change.isPending}
      aria-label={`${label} ${kind}`}
      onClick={() => change.mutate(deed)}
    >
      {label}
    </Button>
  )
  return (
    <span className="flex items-center justify-end gap-1">
      {change.isError && (
        <span role="alert" className="text-xs text-danger">
          {describe(change.error)}
        </span>
      )}
      {(state === 'dead' || state === 'later') && button(state === 'dead' ? 'Retry' : 'Run now', retryJob)}
      {(state === 'ready' || state === 'later' || state === 'running') && button('Cancel', cancelJob, true)}
      {state === 'dead' && button('Discard', discardJob, true)}
    </span>
  )
}
