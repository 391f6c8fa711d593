import type { ReactNode } from 'react'

type Render = (source: string) => ReactNode

let render: Render | undefined

/** Markdown comes in a chunk of its own, which the thread's route loads before it shows anything. */
export async function loadMarkdown(): Promise<void> {
  render ??= (await import('./markdown')).renderMarkdown
}

/** Undefined while it is not there: then a text shows as it was written. */
export const markdown = (source: string): ReactNode | undefined => render?.(source)
