import { useCallback, useSyncExternalStore } from 'react'

/** Whether the screen is so; for what is another thing on another screen, and not only looks different there. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** Too narrow for the sidebar and the centre beside each other, as `max-md:` in the styles has it. */
export const useIsPhone = (): boolean => useMedia('(width < 48rem)')
