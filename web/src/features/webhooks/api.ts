import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'
import type { NewWebhook, Page, Webhook, WebhookDelivery, WebhookDeliveryDetails, WebhookSecret } from '@/api/types'
import { http } from '@/lib/client'
import { everyPage } from '@/lib/paging'

/** Deliveries are told to nobody as they happen: whoever looks asks again. */
const OFTEN = 3_000

export type DeliveryState = 'pending' | 'delivered' | 'failed'

export interface WebhookInput {
  url: string
  description: string
  events: string[]
  isOrdered: boolean
}

export const webhooksOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['webhooks', workspaceId],
    queryFn: ({ signal }) =>
      everyPage((cursor) =>
        http.get<Page<Webhook>>(`/api/workspaces/${workspaceId}/webhooks`, { signal, query: { limit: 200, cursor } }),
      ),
  })

export const eventTypesOf = (workspaceId: string) =>
  queryOptions({
    queryKey: ['webhook-events', workspaceId],
    queryFn: async ({ signal }) =>
      (await http.get<{ items: string[] }>(`/api/workspaces/${workspaceId}/webhooks/events`, { signal })).items,
    staleTime: Infinity,
  })

export const webhookOf = (workspaceId: string, id: string) =>
  queryOptions({
    queryKey: ['webhooks', workspaceId, id],
    queryFn: ({ signal }) => http.get<Webhook>(`/api/webhooks/${id}`, { signal }),
    refetchInterval: OFTEN,
  })

export const deliveriesOf = (id: string, state?: DeliveryState) =>
  infiniteQueryOptions({
    queryKey: ['webhook-deliveries', id, state ?? null],
    queryFn: ({ signal, pageParam }) =>
      http.get<Page<WebhookDelivery>>(`/api/webhooks/${id}/deliveries`, {
        signal,
        query: { state, limit: 25, cursor: pageParam },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: OFTEN,
  })

export const deliveryOf = (webhookId: string, id: string) =>
  queryOptions({
    queryKey: ['webhook-deliveries', webhookId, 'one', id],
    queryFn: ({ signal }) =>
      http.get<WebhookDeliveryDetails>(`/api/webhooks/${webhookId}/deliveries/${id}`, { signal }),
    refetchInterval: OFTEN,
  })

export const createWebhook = (workspaceId: string, input: WebhookInput) =>
  http.post<NewWebhook>(`/api/workspaces/${workspaceId}/webhooks`, input)

export const changeWebhook = (id: string, input: Partial<WebhookInput> & { isEnabled?: boolean }) =>
  http.patch<Webhook>(`/api/webhooks/${id}`, input)

export const deleteWebhook = (id: string) => http.delete(`/api/webhooks/${id}`)

/** The secret is told this once; for a day the one before signs as well. */
export const rotateSecret = (id: string) => http.post<WebhookSecret>(`/api/webhooks/${id}/secret`)

export const testWebhook = (id: string) => http.post<WebhookDelivery>(`/api/webhooks/${id}/test`)

export const replayDelivery = (webhookId: string, id: string) =>
  http.post<WebhookDelivery>(`/api/webhooks/${webhookId}/deliveries/${id}/replay`)

export const replaySince = (webhookId: string, since: string, includeDelivered: boolean) =>
  http.post<{ count: number }>(`/api/webhooks/${webhookId}/deliveries/replay`, { since, includeDelivered })

export const refreshWebhooks = (cache: QueryClient, workspaceId: string) =>
  cache.invalidateQueries({ queryKey: ['webhooks', workspaceId] })

export const refreshDeliveries = (cache: QueryClient, webhookId: string) =>
  cache.invalidateQueries({ queryKey: ['webhook-deliveries', webhookId] })
