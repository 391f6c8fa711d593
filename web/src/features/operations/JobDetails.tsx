import { useQuery } from '@tanstack/react-query'
import { CopyField } from '@/components/CopyField'
import { DescriptionList } from '@/components/DescriptionList'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { exactTime } from '@/lib/dates'
import { job } from './api'

/** Everything known of a job; names that sound like secrets are left out by the server. */
export function JobDetails({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(job(id))
  if (!data)
    return error ? (
      <ErrorState error={error} title="The job could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the job" rows={4} />
    )
  const facts = [
    { term: 'Kind', description: data.kind },
    { term: 'State', description: data.progress == null ? data.state : `${data.state}, ${data.progress} %` },
    { term: 'Queue', description: data.queue },
    { term: 'Tries', description: data.maxAttempts == null ? data.attempt : `${data.attempt} of ${data.maxAttempts}` },
    { term: 'Put in', description: exactTime(data.enqueuedAt) },
    { term: data.state === 'later' ? 'Due' : 'Since', description: exactTime(data.at) },
    ...(data.orderingKey == null ? [] : [{ term: 'In order of', description: data.orderingKey }]),
    ...(data.uniqueKey == null ? [] : [{ term: 'Only one of', description: data.uniqueKey }]),
    ...(data.error == null ? [] : [{ term: 'Error', description: data.error }]),
  ]
  return (
    <div className="flex flex-col gap-4">
      <DescriptionList items={facts} />
      <Json label="Payload" value={data.payload} />
      <Json label="Result" value={data.result} />
      <CopyField label="Job" value={data.id} compact />
    </div>
  )
}

const Json = ({ label, value }: { label: string; value: unknown }) =>
  value == null ? null : (
    <div className="flex flex-col gap-1">
      <h3 className="text-xs font-medium text-ink-soft">{label}</h3>
      <pre
        role="region"
        tabIndex={0}
        aria-label={label}
        className="max-h-48 overflow-auto rounded-lg bg-hover p-3 font-mono text-xs"
      >
        {JSON.stringify(value, null, 2)}
      </pre>
    </div>
  )
