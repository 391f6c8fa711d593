import { useId, type ReactNode } from 'react'
import { cx } from './cx'

/** What every field takes. */
export interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  /** The label is there for those who do not see the screen only. */
  labelHidden?: boolean
}

/** What the control inside must carry, so that label, hint and error belong to it for everybody. */
export interface FieldAria {
  id: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
}

interface FrameProps extends FieldProps {
  className?: string | undefined
  children: (aria: FieldAria) => ReactNode
}

/** A label above, a control, and its hint or its error below. */
export function Field({ label, hint, error, labelHidden = false, className, children }: FrameProps) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const hasHint = hint !== undefined && error === undefined
  return (
    <div className={cx('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className={cx('text-sm font-medium', labelHidden && 'sr-only')}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': cx(hasHint && hintId, error !== undefined && errorId) || undefined,
      })}
      {hasHint && (
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

/** The look of everything one types into. On a phone 16 px, because smaller text makes it zoom. */
export const inputLook = (error?: string) =>
  cx(
    'min-h-control w-full rounded-lg border bg-surface px-3 text-base text-ink placeholder:text-ink-soft sm:text-sm',
    'transition-colors duration-(--quick) disabled:cursor-not-allowed disabled:bg-ground disabled:text-ink-soft [&[readonly]]:bg-ground',
    error === undefined ? 'border-line-control' : 'border-danger',
  )
