import { useId, type ReactNode } from 'react'
import { cx } from './cx'

interface SettingsSectionProps {
  title: string
  description?: ReactNode
  /** At the end of the title's line. */
  action?: ReactNode
  dangerous?: boolean
  children: ReactNode
}

/** One subject of a settings page: its name and a sentence, then a card with what can be set. */
export function SettingsSection({ title, description, action, dangerous = false, children }: SettingsSectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 sm:flex-nowrap">
        <div className="flex min-w-0 flex-col gap-0.5">
          <h2 id={id} className={cx('text-base font-semibold', dangerous && 'text-danger')}>
            {title}
          </h2>
          {description !== undefined && <p className="text-sm text-pretty text-ink-soft">{description}</p>}
        </div>
        {action !== undefined && <div className="shrink-0">{action}</div>}
      </div>
      <div
        className={cx(
          'flex flex-col gap-4 rounded-xl border bg-surface p-4',
          dangerous ? 'border-danger' : 'border-line',
        )}
      >
        {children}
      </div>
    </section>
  )
}

/** A line inside a section: what it is on the left, what one does with it on the right. */
export const SettingsRow = ({
  title,
  hint,
  children,
}: {
  title: ReactNode
  hint?: ReactNode
  children?: ReactNode
}) => (
  <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
    <div className="flex min-w-0 flex-col gap-0.5">
      <p className="text-sm font-medium">{title}</p>
      {hint !== undefined && <p className="text-xs text-ink-soft">{hint}</p>}
    </div>
    {children !== undefined && <div className="flex shrink-0 items-center gap-2">{children}</div>}
  </div>
)
