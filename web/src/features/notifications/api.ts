import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { ChooseNotification, DigestInfo, NotificationPage, NotificationSettings, Unsubscribed } from '@/api/types'
import { anonymous, http } from '@/lib/client'

/** What this person was told, newest first. */
export const notifications = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal, pageParam }) =>
    http.get<NotificationPage>('/api/notifications', { signal, query: { cursor: pageParam, limit: 30 } }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next }) => next ?? undefined,
  // The own channel tells what changes.
  staleTime: Infinity,
})

/** Some, all up to one, or all there are. */
export const readNotifications = (which: { ids?: string[]; upTo?: string }) =>
  http.post('/api/notifications/read', which)

export const notificationSettings = queryOptions({
  queryKey: ['me', 'notificationSettings'],
  queryFn: ({ signal }) => http.get<NotificationSettings>('/api/notifications/settings', { signal }),
  staleTime: Infinity,
})

export const chooseNotifications = (changes: { kinds?: ChooseNotification[]; digest?: DigestInfo }) =>
  http.patch<NotificationSettings>('/api/notifications/settings', changes)

/** By the link of a mail, signed in or not. */
export const unsubscribe = (token: string) =>
  anonymous.post<Unsubscribed>(`/api/notifications/unsubscribe?token=${encodeURIComponent(token)}`)
