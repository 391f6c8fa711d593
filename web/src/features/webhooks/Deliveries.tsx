import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useState } from 'react'
import type { Webhook } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { Table } from '@/components/Table'
import { Tabs } from '@/components/Tabs'
import { toast } from '@/components/toasts'
import { When } from '@/components/When'
import { dateAndTime } from '@/lib/dates'
import { deliveriesOf, refreshDeliveries, replaySince, type DeliveryState } from './api'
import { DeliveryDetails } from './DeliveryDetails'
import { ReplayForm } from './ReplayForm'
import { deliveryState } from './words'

const faces: readonly { value: DeliveryState | 'all'; label: string; empty: string }[] = [
  { value: 'all', label: 'All', empty: 'Nothing has been sent yet' },
  { value: 'pending', label: 'Waiting', empty: 'Nothing waits' },
  { value: 'failed', label: 'Given up', empty: 'Nothing was given up' },
  { value: 'delivered', label: 'Delivered', empty: 'Nothing has been delivered yet' },
]

/** What an endpoint was sent in the last 30 days, each with its tries. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const cache = useQueryClient()
  const [isReplaying, setReplaying] = useState(false)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end justify-between gap-4">
        <h2 className="text-base font-semibold">Deliveries</h2>
        {webhook.isEnabled && (
          <Button size="small" onClick={() => setReplaying(true)}>
            Send again…
          </Button>
        )}
      </div>
      <Tabs
        label="Deliveries by state"
        tabs={faces.map(({ value, label, empty }) => ({
          value,
          label,
          content: <DeliveryList webhook={webhook} empty={empty} {...(value !== 'all' && { state: value })} />,
        }))}
      />
      <Dialog
        open={isReplaying}
        onOpenChange={setReplaying}
        title="Send again"
        description="With the same id, so that a program that has had an event knows it."
      >
        <ReplayForm
          onReplay={async (since, includeDelivered) => {
            const { count } = await replaySince(webhook.id, since, includeDelivered)
            await refreshDeliveries(cache, webhook.id)
            setReplaying(false)
            toast({
              message:
                count === 1 ? 'One event is sent again.' : `${count.toLocaleString('en')} events are sent again.`,
            })
          }}
        />
      </Dialog>
    </div>
  )
}

function DeliveryList({ webhook, state, empty }: { webhook: Webhook; state?: DeliveryState; empty: string }) {
  const query = useInfiniteQuery(deliveriesOf(webhook.id, state))
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const [shown, setShown] = useState<string>()
  const rows = data?.pages.flatMap((page) => page.items)
  if (!rows)
    return error ? (
      <ErrorState error={error} title="The deliveries could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the deliveries" rows={4} />
    )
  return (
    <div className="flex flex-col gap-3">
      {error && <Notice tone="warning">This list is old: {describe(error)}</Notice>}
      <Table
        label="Deliveries"
        rows={rows}
        keyOf={({ id }) => id}
        empty={
          <div className="py-6">
            <State icon={Send} title={empty} />
          </div>
        }
        columns={[
          {
            header: 'Event',
            cell: ({ id, type }) => (
              <Button size="small" variant="quiet" className="-ml-2.5" onClick={() => setShown(id)}>
                <code className="font-mono text-xs">{type}</code>
              </Button>
            ),
          },
          {
            header: 'State',
            cell: (row) => {
              const { tone, text } = deliveryState(row)
              return <Badge tone={tone}>{text}</Badge>
            },
          },
          {
            header: 'Answer',
            align: 'end',
            cell: ({ lastStatus, attempts }) => lastStatus ?? (attempts > 0 ? 'None' : '–'),
          },
          { header: 'Tries', align: 'end', cell: ({ attempts }) => attempts },
          { header: 'Happened', className: 'whitespace-nowrap', cell: ({ occurredAt }) => <When at={occurredAt} /> },
          {
            header: 'Next try',
            className: 'whitespace-nowrap',
            cell: ({ dueAt, attempts }) =>
              dueAt == null || attempts === 0 ? '–' : <When at={dueAt} text={dateAndTime(dueAt)} />,
          },
        ]}
      />
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-center">
          Show older ones
        </Button>
      )}
      <Dialog open={shown !== undefined} onOpenChange={() => setShown(undefined)} size="wide" title="Delivery">
        {shown !== undefined && <DeliveryDetails webhook={webhook} id={shown} />}
      </Dialog>
    </div>
  )
}
