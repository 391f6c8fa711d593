import { useEffect, type RefObject } from 'react'

/** Scrolls a row of links to the one that is open, where they do not all fit. */
export function useCurrentInView(row: RefObject<HTMLElement | null>, address: string): void {
  useEffect(() => {
    row.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [row, address])
}
