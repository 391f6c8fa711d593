import type { QueryClient } from '@tanstack/react-query'
import type { Notification, NotificationSettings } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { notifications, notificationSettings } from './api'
import { withNotification, withoutNotification, withRead, type Pages, type ReadNews } from './pages'

export const notificationChanges: ChangeHandlers<QueryClient> = {
  notification: (cache, { op, resourceId, data }) =>
    inPages(cache, (pages) =>
      op === 'delete' ? withoutNotification(pages, resourceId) : withNotification(pages, data as Notification),
    ),

  notificationsRead: (cache, { data }) => inPages(cache, (pages) => withRead(pages, data as ReadNews)),

  notificationSettings: (cache, { data }) =>
    void cache.setQueryData(notificationSettings.queryKey, data as NotificationSettings),
}

function inPages(cache: QueryClient, change: (pages: Pages) => Pages): void {
  // What is being loaded may be from before the change.
  if (cache.isFetching({ queryKey: notifications.queryKey }) > 0)
    void cache.invalidateQueries({ queryKey: notifications.queryKey })
  cache.setQueryData(notifications.queryKey, (known) => known && change(known))
}
