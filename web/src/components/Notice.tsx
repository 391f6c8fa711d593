import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx'

type Tone = 'danger' | 'warning' | 'success' | 'info'

const looks: Record<Tone, string> = {
  danger: 'bg-danger-ground text-danger',
  warning: 'bg-warning-ground text-warning',
  success: 'bg-success-ground text-success',
  info: 'bg-info-ground text-info',
}

const icons = { danger: CircleAlert, warning: TriangleAlert, success: CircleCheck, info: Info }

/** What came of something, said where it was asked for, and aloud. */
export function Notice({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = icons[tone]
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'status'}
      className={cx('flex gap-2 rounded-lg px-3 py-2.5 text-sm', looks[tone])}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">{children}</div>
    </div>
  )
}
