import { useEffect, useEffectEvent } from 'react'
import { realtime } from '@/lib/client'
import type { Subscriber } from '@/lib/realtime/channel'

/**
 * Follows a channel while the component is on screen. Changes reach the cache through the features' handlers;
 * here a screen says what to load again when continuity was lost. Call it above the queries of the channel, so
 * that they wait for the subscription instead of loading twice.
 */
export function useChannel(channel: string, { reset, lost }: Pick<Subscriber, 'reset' | 'lost'>): void {
  const onReset = useEffectEvent(() => reset?.())
  const onLost = useEffectEvent<NonNullable<Subscriber['lost']>>((problem) => lost?.(problem))
  useEffect(
    () => realtime.subscribe(channel, { reset: () => onReset(), lost: (problem) => onLost(problem) }),
    [channel],
  )
}
