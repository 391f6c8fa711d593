import { useMutation, useQueryClient } from '@tanstack/react-query'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { notifications, readNotifications } from './api'
import { unreadIn, withRead } from './pages'

/** Marks some read, or all: here at once, on the person's other devices as soon as the server has it. */
export function useRead() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (ids?: string[]) => readNotifications(ids ? { ids } : {}),
    onMutate: (ids) =>
      cache.setQueryData(notifications.queryKey, (known) => {
        if (!known) return known
        const unread = known.pages
          .flatMap(({ items }) => items)
          .filter(({ id, readAt }) => readAt == null && ids?.includes(id))
        return withRead(known, {
          ...(ids && { ids }),
          at: new Date().toISOString(),
          unread: ids ? Math.max(0, unreadIn(known) - unread.length) : 0,
        })
      }),
    onError: (error) => {
      toast({ tone: 'danger', message: `They could not be marked as read. ${describe(error)}` })
      void cache.invalidateQueries({ queryKey: notifications.queryKey })
    },
  })
}
