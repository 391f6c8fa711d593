import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Webhook, WebhookAttempt } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { CopyField } from '@/components/CopyField'
import { DescriptionList } from '@/components/DescriptionList'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { exactTime } from '@/lib/dates'
import { deliveryOf, refreshDeliveries, replayDelivery } from './api'
import { deliveryState } from './words'

/** What was sent, and what each try came to. */
export function DeliveryDetails({ webhook, id }: { webhook: Webhook; id: string }) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(deliveryOf(webhook.id, id))
  const replay = useMutation({
    mutationFn: () => replayDelivery(webhook.id, id),
    onSettled: () => refreshDeliveries(cache, webhook.id),
  })
  if (!data)
    return error ? (
      <ErrorState error={error} title="The delivery could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the delivery" rows={5} />
    )
  const { tone, text } = deliveryState(data)
  return (
    <div className="flex flex-col gap-4">
      <DescriptionList
        items={[
          { term: 'Event', description: <code className="font-mono text-xs">{data.type}</code> },
          { term: 'State', description: <Badge tone={tone}>{text}</Badge> },
          { term: 'Happened', description: exactTime(data.occurredAt) },
          ...(data.dueAt == null ? [] : [{ term: 'Next try', description: exactTime(data.dueAt) }]),
          ...(data.settledAt == null ? [] : [{ term: 'Ended', description: exactTime(data.settledAt) }]),
        ]}
      />
      <Text label="What is sent" value={JSON.stringify(data.body, null, 2)} />
      <div className="flex flex-col gap-2">
        <h3 className="text-sm font-medium">Tries</h3>
        {data.tries.length === 0 ? (
          <p className="text-sm text-ink-soft">None yet.</p>
        ) : (
          <ol className="flex flex-col divide-y divide-line">
            {data.tries.map((attempt) => (
              <Try key={attempt.number} attempt={attempt} />
            ))}
          </ol>
        )}
      </div>
      {replay.error && <Notice tone="danger">{describe(replay.error)}</Notice>}
      {replay.isSuccess && <Notice tone="success">It is sent again.</Notice>}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <CopyField label="webhook-id" value={`evt_${data.eventId.replaceAll('-', '')}`} compact />
        {webhook.isEnabled && (
          <Button busy={replay.isPending} onClick={() => replay.mutate()}>
            {data.state === 'pending' ? 'Try now' : 'Send again'}
          </Button>
        )}
      </div>
    </div>
  )
}

const Try = ({ attempt: { number, at, durationMs, status, error, response } }: { attempt: WebhookAttempt }) => (
  <li className="flex flex-col gap-2 py-3 first:pt-0 last:pb-0">
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <span className="font-medium">{`Try ${number}`}</span>
      <Badge tone={status != null && status >= 200 && status < 300 ? 'success' : 'danger'}>
        {status == null ? 'No answer' : `Answer ${status}`}
      </Badge>
      <span className="text-xs text-ink-soft">{`${exactTime(at)} · ${durationMs.toLocaleString('en')} ms`}</span>
    </p>
    {error != null && <p className="text-sm text-ink-soft">{error}</p>}
    {response != null && <Text label={`What it answered to try ${number}`} value={response} />}
  </li>
)

const Text = ({ label, value }: { label: string; value: string }) => (
  <div className="flex min-w-0 flex-col gap-1">
    <h3 className="text-xs font-medium text-ink-soft">{label}</h3>
    <pre
      role="region"
      tabIndex={0}
      aria-label={label}
      className="max-h-48 overflow-auto rounded-lg bg-hover p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap"
    >
      {value}
    </pre>
  </div>
)
