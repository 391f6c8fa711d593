import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface StateProps {
  icon: LucideIcon
  title: string
  /** 1 when it is the whole page. */
  level?: 1 | 2
  children?: ReactNode
  /** The next step: an empty screen without one is a dead end. */
  action?: ReactNode
}

/** A whole area that has nothing to show yet, or cannot: what it is, why, and what to do. */
export function State({ icon: Icon, title, level = 2, children, action }: StateProps) {
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 p-6 text-center">
      <div className="flex size-14 items-center justify-center rounded-2xl bg-selected text-ink-selected">
        <Icon aria-hidden className="size-7" />
      </div>
      <div className="flex max-w-sm flex-col gap-1.5">
        <Heading className="text-lg font-semibold text-balance">{title}</Heading>
        {children !== undefined && <p className="text-sm text-pretty text-ink-soft">{children}</p>}
      </div>
      {action}
    </div>
  )
}
