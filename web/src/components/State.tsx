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
      <div className="flex size-11 items-center justify-center rounded-xl bg-selected text-ink-selected">
        <Icon aria-hidden className="size-5.5" />
      </div>
      <div className="flex max-w-sm flex-col gap-1">
        <Heading className="text-base font-semibold text-balance">{title}</Heading>
        {children !== undefined && <div className="text-sm text-pretty text-ink-soft">{children}</div>}
      </div>
      {action}
    </div>
  )
}
