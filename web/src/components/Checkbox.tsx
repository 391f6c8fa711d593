import { Check } from 'lucide-react'
import { useId, type ComponentProps, type ReactNode } from 'react'
import { cx } from './cx'
import type { FieldProps } from './Field'

export interface ChoiceProps extends Omit<ComponentProps<'input'>, 'type'>, Omit<FieldProps, 'labelHidden'> {}

export const Checkbox = (props: ChoiceProps) => (
  <Choice
    {...props}
    type="checkbox"
    look="size-4.5 rounded-[0.3125rem]"
    mark={<Check aria-hidden strokeWidth={3} className="size-3.5" />}
  />
)

export const Radio = (props: ChoiceProps) => (
  <Choice
    {...props}
    type="radio"
    look="size-4.5 rounded-full"
    mark={<span className="size-1.5 rounded-full bg-current" />}
  />
)

interface LookProps extends ChoiceProps {
  type: 'checkbox' | 'radio'
  look: string
  mark: ReactNode
}

/** The platform's own control under our look, so that forms and screen readers find what they expect. */
function Choice({ label, hint, error, className, look, mark, ...props }: LookProps) {
  const id = useId()
  const noteId = `${id}-note`
  const note = error ?? hint
  return (
    <div className={cx('flex items-start gap-2.5', className)}>
      <span className="relative mt-px inline-flex shrink-0">
        <input
          {...props}
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : noteId}
          className={cx(
            'peer appearance-none border bg-surface transition-colors duration-(--quick) checked:border-accent checked:bg-accent disabled:opacity-60',
            error === undefined ? 'border-line-control' : 'border-danger',
            look,
          )}
        />
        <span className="pointer-events-none absolute inset-0 hidden items-center justify-center text-on-accent peer-checked:flex">
          {mark}
        </span>
      </span>
      <div className="flex min-w-0 flex-col gap-0.5">
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {note !== undefined && (
          <p id={noteId} className={cx('text-xs', error === undefined ? 'text-ink-soft' : 'text-danger')}>
            {note}
          </p>
        )}
      </div>
    </div>
  )
}
