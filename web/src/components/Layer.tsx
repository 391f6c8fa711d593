import { createContext, useState, type ReactNode } from 'react'

/** Where menus go that open inside; without one they stay beside what opens them. */
export const LayerContext = createContext<HTMLElement | null>(null)

/**
 * A place above its children, in the same landmark. What scrolls would cut off the menus in it, and rows that stand
 * below one another would cover them.
 */
export function Layer({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  return (
    <LayerContext value={place}>
      {children}
      <div ref={setPlace} />
    </LayerContext>
  )
}
