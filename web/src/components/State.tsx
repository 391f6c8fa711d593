import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface StateProps {
  icon: LucideIcon
  title: string
  children?: ReactNode
  /** The next step: an empty screen without one is a dead end. */
  action?: ReactNode
}

/** A whole area that has nothing to show yet, or cannot: what it is, why, and what to do. */
export function State({ icon: Icon, title, children, action }: StateProps) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 p-6 text-center">
      <div className="flex size-14 items-center justify-center rounded-2xl bg-selected text-ink-selected">
        <Icon aria-hidden className="size-7" />
      </div>
      <div className="flex max-w-sm flex-col gap-1.5">
        <h2 className="text-lg font-semibold text-balance">{title}</h2>
        {children !== undefined && <p className="text-sm text-pretty text-ink-soft">{children}</p>}
      </div>
      {action}
    </div>
  )
}
