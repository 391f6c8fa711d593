import { useCallback, useSyncExternalStore } from 'react'
import { presences } from '@/lib/client'

/** Who is present on a channel, live; one is seen there oneself for as long as the component is on screen. */
export function usePresence(channel: string): ReadonlySet<string> {
  const subscribe = useCallback((changed: () => void) => presences.watch(channel, changed), [channel])
  return useSyncExternalStore(subscribe, () => presences.of(channel))
}
