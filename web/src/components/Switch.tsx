import { useId } from 'react'
import type { ChoiceProps } from './Checkbox'
import { cx } from './cx'

/** On or off, at once and without a button to save: the label on the left, the switch at the end of the line. */
export function Switch({ label, hint, error, className, ...props }: ChoiceProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className={cx('flex items-start justify-between gap-4', className)}>
      <div className="flex min-w-0 flex-col gap-0.5">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {note !== undefined && (
          <p id={noteId} className={cx('text-xs', error === undefined ? 'text-ink-soft' : 'text-danger')}>
            {note}
          </p>
        )}
      </div>
      <span className="relative inline-flex shrink-0">
        <input
          {...props}
          id={id}
          type="checkbox"
          role="switch"
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : noteId}
          className="peer h-5 w-9 appearance-none rounded-full border border-line-control bg-sunken transition-colors duration-(--quick) checked:border-accent checked:bg-accent disabled:opacity-60"
        />
        <span className="pointer-events-none absolute top-[3px] left-[3px] size-3.5 rounded-full bg-line-control transition-transform duration-(--quick) peer-checked:translate-x-4 peer-checked:bg-on-accent" />
      </span>
    </div>
  )
}
