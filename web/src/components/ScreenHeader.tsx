import type { ReactNode } from 'react'

interface ScreenHeaderProps {
  title: ReactNode
  /** The way back on a phone. */
  back?: ReactNode
  actions?: ReactNode
}

/** The top of a screen's centre. */
export function ScreenHeader({ title, back, actions }: ScreenHeaderProps) {
  return (
    <header className="flex h-bar shrink-0 items-center gap-2 border-b border-line px-4 max-md:px-2">
      {back}
      <h1 className="min-w-0 flex-1 truncate px-1 text-base font-semibold">{title}</h1>
      {actions}
    </header>
  )
}
