import { useEffect } from 'react'
import { titleScreen } from '@/lib/title'

/** Names the tab after the screen; nothing while the name is not known yet. */
export function useTitle(name: string | undefined): void {
  useEffect(() => (name === undefined ? undefined : titleScreen(name)), [name])
}
