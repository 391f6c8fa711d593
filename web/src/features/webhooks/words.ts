import type { Webhook, WebhookDelivery } from '@/api/types'
import type { Tone } from '@/components/Badge'

export const EVERY = '*'

/** What an endpoint is told, in short. */
export const eventsText = (events: readonly string[]): string =>
  events.includes(EVERY) ? 'Every event' : events.length <= 3 ? events.join(', ') : `${events.length} kinds of event`

export function stateOf({ isEnabled, disabledReason, failingSince, deliveredAt }: Webhook): {
  tone: Tone
  text: string
} {
  if (!isEnabled)
    return disabledReason === 'person' ? { tone: 'neutral', text: 'Off' } : { tone: 'danger', text: 'Switched off' }
  if (failingSince != null) return { tone: 'warning', text: 'Failing' }
  return deliveredAt == null ? { tone: 'info', text: 'Nothing sent yet' } : { tone: 'success', text: 'Works' }
}

const deliveryStates: Record<string, { tone: Tone; text: string }> = {
  pending: { tone: 'info', text: 'Waiting' },
  delivered: { tone: 'success', text: 'Delivered' },
  failed: { tone: 'danger', text: 'Given up' },
}

export const deliveryState = ({
  state,
  attempts,
}: Pick<WebhookDelivery, 'state' | 'attempts'>): { tone: Tone; text: string } =>
  state === 'pending' && attempts > 0
    ? { tone: 'warning', text: 'Tried again later' }
    : (deliveryStates[state] ?? { tone: 'unknown', text: state })
