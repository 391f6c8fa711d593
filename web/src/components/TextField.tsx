import { useId, type ComponentProps } from 'react'
import { cx } from './cx'

export interface TextFieldProps extends ComponentProps<'input'> {
  label: string
  hint?: string
  error?: string | undefined
}

/** A labelled input with its hint and its error, tied together for those who do not see them. */
export function TextField({ label, hint, error, className, ...props }: TextFieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        {...props}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={cx(hint !== undefined && hintId, error !== undefined && errorId) || undefined}
        className={cx(
          'min-h-11 rounded-lg border bg-surface px-3 text-base text-ink placeholder:text-ink-soft sm:text-sm',
          error === undefined ? 'border-line-control' : 'border-danger',
        )}
      />
      {hint !== undefined && error === undefined && (
        <p id={hintId} className="text-xs text-ink-soft">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={errorId} className="text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  )
}
