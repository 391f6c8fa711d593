import { hashKey, queryOptions, type QueryClient } from '@tanstack/react-query'
import { userChannel } from '@/lib/channels'
import { credentials, http, outbox } from '@/lib/client'
import { isOnItsWay } from '@/lib/outbox'
import { applyPreferences, type Preferences } from '@/lib/preferences'

/** As the server keeps them, with what other versions of the app and other programs put there. */
type Stored = Readonly<Record<string, unknown>>

export const storedPreferences = queryOptions({
  queryKey: ['me', 'preferences'],
  queryFn: ({ signal }) => http.get<Stored>('/api/me/preferences', { signal }),
  staleTime: Infinity,
})

/** Counts here at once and on the person's other devices as soon as the server has it: of each field the last choice stands. */
export function changePreferences(changes: Partial<Preferences>): void {
  const { userId } = credentials
  if (userId === undefined) return
  outbox.add({
    channel: userChannel(userId),
    op: 'update',
    resource: 'preferences',
    resourceId: userId,
    data: changes,
    folds: 'fields',
    ifRefused: 'notice',
  })
}

/** What the person chose here and the server does not know yet lies over what it knows. */
export function followPreferences(cache: QueryClient): void {
  const show = () => {
    const stored = cache.getQueryData(storedPreferences.queryKey)
    const wanted = outbox.entries.get().filter((entry) => entry.resource === 'preferences' && isOnItsWay(entry))
    if (stored || wanted.length > 0)
      applyPreferences(Object.assign({}, stored, ...wanted.map(({ data }) => data)) as Stored)
  }
  outbox.entries.subscribe(show)
  cache.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryHash === hashKey(storedPreferences.queryKey)) show()
  })
}

/** What was chosen on another device, or what the server says became of a choice of this one. */
export function announcedPreferences(cache: QueryClient, stored: Stored, isAnswer: boolean): void {
  cache.setQueryData(storedPreferences.queryKey, stored)
  // An answer may be one from before another device chose anew.
  if (isAnswer) void cache.invalidateQueries({ queryKey: storedPreferences.queryKey })
}
