import type { ReactNode } from 'react'
import { useTitle } from '@/lib/react/use-title'

interface ScreenHeaderProps {
  title: ReactNode
  /** The way back on a phone. */
  back?: ReactNode
  actions?: ReactNode
}

/**
 * The top of a screen's centre. A title of plain text is the tab's title too, and where the focus goes when one
 * comes here, so that it is read out.
 */
export function ScreenHeader({ title, back, actions }: ScreenHeaderProps) {
  useTitle(typeof title === 'string' ? title : undefined)
  return (
    <header className="flex h-bar shrink-0 items-center gap-2 border-b border-line px-4 max-md:px-2">
      {back}
      <h1 tabIndex={-1} data-screen-title className="min-w-0 flex-1 truncate px-1 text-base font-semibold outline-none">
        {title}
      </h1>
      {actions}
    </header>
  )
}
