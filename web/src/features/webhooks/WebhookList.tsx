import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Webhook as WebhookIcon } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { NewWebhook, Webhook } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { SettingsSection } from '@/components/SettingsSection'
import { State } from '@/components/State'
import { When } from '@/components/When'
import { createWebhook, refreshWebhooks, webhooksOf } from './api'
import { NewSecret } from './NewSecret'
import { WebhookForm } from './WebhookForm'
import { eventsText, stateOf } from './words'

interface WebhookListProps {
  workspaceId: string
  /** A link to an endpoint's own page; the app knows where that is. */
  link: (webhook: Webhook) => ReactNode
}

/** The addresses that are told what happens in this workspace (WH-2). */
export function WebhookList({ workspaceId, link }: WebhookListProps) {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(webhooksOf(workspaceId))
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<NewWebhook>()
  const leave = () => {
    setAdding(false)
    setMade(undefined)
  }
  const add = (
    <Button size="small" onClick={() => setAdding(true)}>
      <Plus aria-hidden className="size-4" />
      New webhook
    </Button>
  )

  return (
    <SettingsSection
      title="Webhooks"
      description="Programs of yours that are told what happens here, signed by Standard Webhooks."
      action={data?.length !== 0 && add}
    >
      {data ? (
        data.length === 0 ? (
          <State icon={WebhookIcon} title="No webhooks yet" action={add}>
            Give an address, choose what it is told, and each event arrives there within seconds.
          </State>
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {data.map((webhook) => (
              <Item key={webhook.id} webhook={webhook} link={link} />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState error={error} title="The webhooks could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading the webhooks" rows={2} />
      )}

      {/* One dialog for both: between two that follow each other the focus has no place to stay. */}
      <Dialog open={isAdding} onOpenChange={leave} size="wide" title={made ? 'Its secret' : 'New webhook'}>
        {made ? (
          <NewSecret secret={made.secret} onKept={leave} />
        ) : (
          <WebhookForm
            workspaceId={workspaceId}
            start={{ url: '', description: '', events: [], isOrdered: false }}
            submit="Create webhook"
            onSubmit={async (input) => {
              setMade(await createWebhook(workspaceId, input))
              await refreshWebhooks(cache, workspaceId)
            }}
          />
        )}
      </Dialog>
    </SettingsSection>
  )
}

function Item({ webhook, link }: { webhook: Webhook; link: WebhookListProps['link'] }) {
  const { tone, text } = stateOf(webhook)
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="text-sm font-medium wrap-anywhere">{link(webhook)}</p>
        <p className="text-xs wrap-anywhere text-ink-soft">
          {[webhook.description, eventsText(webhook.events)].filter(Boolean).join(' · ')}
          {webhook.deliveredAt != null && (
            <>
              {' · last delivered '}
              <When at={webhook.deliveredAt} />
            </>
          )}
        </p>
      </div>
      <Badge tone={tone}>{text}</Badge>
    </li>
  )
}
