import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { http } from '@/lib/client'
import { applyPreferences, type Preferences } from '@/lib/preferences'

/** As the server keeps them, with what other versions of the app and other programs put there. */
type Stored = Readonly<Record<string, unknown>>

export const storedPreferences = queryOptions({
  queryKey: ['me', 'preferences'],
  queryFn: async ({ signal }) => {
    const stored = await http.get<Stored>('/api/me/preferences', { signal })
    applyPreferences(stored)
    return stored
  },
  staleTime: Infinity,
})

/** One after the other: the last choice is the one that stays. */
let saving: Promise<unknown> = Promise.resolve()
let underWay = 0

/** Counts here at once and on the person's other devices as soon as the server has it. */
export async function changePreferences(cache: QueryClient, changes: Partial<Preferences>): Promise<void> {
  underWay++
  try {
    applyPreferences({ ...cache.getQueryData(storedPreferences.queryKey), ...changes })
    const known = await cache.query({ ...storedPreferences, staleTime: 'static' })
    const changed = { ...known, ...changes }
    take(cache, changed)
    const save = () => http.put('/api/me/preferences', changed)
    await (saving = saving.then(save, save))
  } finally {
    underWay--
  }
}

/** What another device has chosen. While this one is choosing, what comes is the echo of an earlier choice. */
export function announcedPreferences(cache: QueryClient, stored: Stored): void {
  if (underWay === 0) take(cache, stored)
}

function take(cache: QueryClient, stored: Stored): void {
  cache.setQueryData(storedPreferences.queryKey, stored)
  applyPreferences(stored)
}
