import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx'

export type Tone = 'neutral' | 'accent' | 'info' | 'success' | 'warning' | 'danger' | 'unknown'

const tones: Record<Tone, string> = {
  neutral: 'bg-hover text-ink-soft',
  accent: 'bg-selected text-ink-selected',
  info: 'bg-info-ground text-info',
  success: 'bg-success-ground text-success',
  warning: 'bg-warning-ground text-warning',
  danger: 'bg-danger-ground text-danger',
  unknown: 'bg-unknown-ground text-unknown',
}

/** A word on what something is: a role, a status. The colour repeats the word and never replaces it. */
export const Badge = ({
  tone = 'neutral',
  icon: Icon,
  children,
}: {
  tone?: Tone
  icon?: LucideIcon
  children: ReactNode
}) => (
  <span
    className={cx(
      'inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap',
      tones[tone],
    )}
  >
    {Icon && <Icon aria-hidden className="size-3" />}
    {children}
  </span>
)

/** A number of things; `strong` for those that wait for this person. Nothing is shown for none. */
export const Count = ({ value, strong = false, of }: { value: number; strong?: boolean; of?: string }) =>
  value > 0 ? (
    <span
      className={cx(
        'inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-full px-1.5 text-2xs font-semibold tabular-nums',
        strong ? 'bg-accent text-on-accent' : 'bg-hover text-ink-soft',
      )}
    >
      {value > 99 ? '99+' : value}
      {of !== undefined && <span className="sr-only"> {of}</span>}
    </span>
  ) : null
