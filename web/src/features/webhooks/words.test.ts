import { describe, expect, it } from 'vitest'
import type { Webhook } from '@/api/types'
import { deliveryState, eventsText, stateOf } from './words'

const webhook = { isEnabled: true } as Webhook

describe('webhooks in words', () => {
  it('name a few kinds of event and count many', () => {
    expect(eventsText(['*', 'message.created'])).toBe('Every event')
    expect(eventsText(['message.created', 'thread.deleted'])).toBe('message.created, thread.deleted')
    expect(eventsText(['a.created', 'b.created', 'c.created', 'd.created'])).toBe('4 kinds of event')
  })

  it.each([
    [{ ...webhook }, 'Nothing sent yet'],
    [{ ...webhook, deliveredAt: '2026-11-27T08:00:00Z' }, 'Works'],
    [{ ...webhook, deliveredAt: '2026-11-27T08:00:00Z', failingSince: '2026-11-27T09:00:00Z' }, 'Failing'],
    [{ ...webhook, isEnabled: false, disabledReason: 'person' }, 'Off'],
    [{ ...webhook, isEnabled: false, disabledReason: 'failing' }, 'Switched off'],
  ])('say how an endpoint does', (one, text) => expect(stateOf(one).text).toBe(text))

  it('tell a first try from one that failed', () => {
    expect(deliveryState({ state: 'pending', attempts: 0 }).text).toBe('Waiting')
    expect(deliveryState({ state: 'pending', attempts: 1 }).text).toBe('Tried again later')
    expect(deliveryState({ state: 'failed', attempts: 8 }).tone).toBe('danger')
  })
})
