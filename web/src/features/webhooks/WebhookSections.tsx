import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Webhook, WebhookSecret } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { DescriptionList } from '@/components/DescriptionList'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { toast } from '@/components/toasts'
import { When } from '@/components/When'
import { exactTime } from '@/lib/dates'
import {
  changeWebhook,
  deleteWebhook,
  refreshDeliveries,
  refreshWebhooks,
  rotateSecret,
  testWebhook,
  webhookOf,
} from './api'
import { Deliveries } from './Deliveries'
import { NewSecret } from './NewSecret'
import { WebhookForm } from './WebhookForm'
import { eventsText, stateOf } from './words'

interface WebhookSectionsProps {
  workspaceId: string
  webhookId: string
  /** It was deleted. */
  onGone: () => void
}

/** One endpoint: how it does, what it was sent, and what can be changed. */
export function WebhookSections({ workspaceId, webhookId, onGone }: WebhookSectionsProps) {
  const { data, error, refetch } = useQuery(webhookOf(workspaceId, webhookId))
  if (!data)
    return error ? (
      <ErrorState error={error} title="The webhook could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the webhook" rows={6} />
    )
  return (
    <>
      <StatusSection webhook={data} />
      <Deliveries webhook={data} />
      <SettingsSection title="Settings">
        <WebhookSettings webhook={data} />
      </SettingsSection>
      <Danger webhook={data} onGone={onGone} />
    </>
  )
}

function StatusSection({ webhook }: { webhook: Webhook }) {
  const cache = useQueryClient()
  const { tone, text } = stateOf(webhook)
  const test = useMutation({
    mutationFn: () => testWebhook(webhook.id),
    onSuccess: () => toast({ message: 'A test event is on its way.' }),
    onSettled: () => refreshDeliveries(cache, webhook.id),
  })
  const change = useMutation({
    mutationFn: () => changeWebhook(webhook.id, { isEnabled: !webhook.isEnabled }),
    onSettled: () => refreshWebhooks(cache, webhook.workspaceId),
  })
  const failure = test.error ?? change.error
  return (
    <SettingsSection
      title="How it does"
      action={
        <span className="flex gap-2">
          {webhook.isEnabled && (
            <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>
              Send test event
            </Button>
          )}
          <Button size="small" busy={change.isPending} onClick={() => change.mutate()}>
            {webhook.isEnabled ? 'Switch off' : 'Switch on'}
          </Button>
        </span>
      }
    >
      {failure && <Notice tone="danger">{describe(failure)}</Notice>}
      {!webhook.isEnabled && webhook.disabledReason !== 'person' && (
        <Notice tone="danger">
          {webhook.disabledReason === 'gone'
            ? 'It answered that it is gone for good (410), so it was switched off.'
            : 'Nothing reached it for five days, so it was switched off.'}{' '}
          Mend it, switch it on, and send again what it missed.
        </Notice>
      )}
      <DescriptionList
        items={[
          { term: 'State', description: <Badge tone={tone}>{text}</Badge> },
          { term: 'Address', description: <code className="font-mono text-xs">{webhook.url}</code> },
          { term: 'Is told', description: eventsText(webhook.events) },
          ...(webhook.deliveredAt == null
            ? []
            : [{ term: 'Last delivered', description: <When at={webhook.deliveredAt} /> }]),
          ...(webhook.failingSince == null
            ? []
            : [{ term: 'Failing since', description: <When at={webhook.failingSince} /> }]),
          ...(webhook.disabledAt == null ? [] : [{ term: 'Off since', description: exactTime(webhook.disabledAt) }]),
        ]}
      />
    </SettingsSection>
  )
}

function WebhookSettings({ webhook }: { webhook: Webhook }) {
  const cache = useQueryClient()
  const { url, description, events, isOrdered } = webhook
  return (
    <WebhookForm
      // What somebody else has changed meanwhile is what one goes on from.
      key={webhook.version}
      workspaceId={webhook.workspaceId}
      start={{ url, description, events, isOrdered }}
      submit="Save"
      onSubmit={async (input) => {
        await changeWebhook(webhook.id, input)
        await refreshWebhooks(cache, webhook.workspaceId)
        toast({ message: 'The webhook is saved.', tone: 'success' })
      }}
    />
  )
}

function Danger({ webhook, onGone }: { webhook: Webhook; onGone: () => void }) {
  const cache = useQueryClient()
  const [question, setQuestion] = useState<'rotate' | 'delete'>()
  const [secret, setSecret] = useState<WebhookSecret>()
  return (
    <SettingsSection title="Secret and end" dangerous>
      <SettingsRow
        title="New secret"
        hint={
          webhook.secretExpiresAt == null
            ? 'For a day both sign, so that nothing is lost.'
            : `The one before signs until ${exactTime(webhook.secretExpiresAt)}.`
        }
      >
        <Button onClick={() => setQuestion('rotate')}>New secret</Button>
      </SettingsRow>
      <SettingsRow title="Delete this webhook" hint="With its secret and all it was sent.">
        <Button variant="danger" onClick={() => setQuestion('delete')}>
          Delete
        </Button>
      </SettingsRow>
      <ConfirmDialog
        open={question === 'rotate'}
        onOpenChange={() => setQuestion(undefined)}
        title="Make a new secret?"
        confirm="Make new secret"
        onConfirm={async () => {
          setSecret(await rotateSecret(webhook.id))
          await refreshWebhooks(cache, webhook.workspaceId)
        }}
      >
        It is shown once. The old one goes on signing for a day; if another one before it does so still, that ends now.
      </ConfirmDialog>
      <Dialog open={secret !== undefined} onOpenChange={() => setSecret(undefined)} title="Its new secret">
        {secret && (
          <NewSecret secret={secret.secret} previousUntil={secret.previousUntil} onKept={() => setSecret(undefined)} />
        )}
      </Dialog>
      <ConfirmDialog
        open={question === 'delete'}
        onOpenChange={() => setQuestion(undefined)}
        title="Delete this webhook?"
        confirm="Delete webhook"
        dangerous
        onConfirm={async () => {
          await deleteWebhook(webhook.id)
          onGone()
          await refreshWebhooks(cache, webhook.workspaceId)
        }}
      >
        Nothing more is sent to {new URL(webhook.url).host}. This cannot be taken back.
      </ConfirmDialog>
    </SettingsSection>
  )
}
