import { ChevronsUpDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cx } from './cx'
import { Field, inputLook, type FieldProps } from './Field'

export interface SelectOption {
  value: string
  label: string
  disabled?: boolean
}

export interface SelectProps extends Omit<ComponentProps<'select'>, 'children'>, FieldProps {
  options: readonly SelectOption[]
}

/** The platform's own list: it knows the phone's wheel, type-ahead and every screen reader. */
export const Select = ({ label, hint, error, labelHidden, className, options, ...props }: SelectProps) => (
  <Field label={label} hint={hint} error={error} labelHidden={labelHidden ?? false} className={className}>
    {(aria) => (
      <span className="relative flex">
        <select {...props} {...aria} className={cx(inputLook(error), 'appearance-none truncate pr-9')}>
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronsUpDown
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-soft"
        />
      </span>
    )}
  </Field>
)
