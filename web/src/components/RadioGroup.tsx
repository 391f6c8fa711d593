import { useId, type ComponentProps, type ReactNode } from 'react'
import { Radio } from './Checkbox'

export interface RadioOption {
  value: string
  label: ReactNode
  hint?: ReactNode
  disabled?: boolean
}

interface RadioGroupProps extends Omit<ComponentProps<'input'>, 'type' | 'value' | 'onChange'> {
  label: ReactNode
  options: readonly RadioOption[]
  error?: string | undefined
  /** The chosen one; leave it out where a form registers the field. */
  value?: string
  onChange?: ComponentProps<'input'>['onChange']
}

/** One of several, all of them visible. */
export function RadioGroup({ label, options, error, value, name, className, ...props }: RadioGroupProps) {
  const id = useId()
  return (
    <fieldset className={className} {...(error !== undefined && { 'aria-describedby': `${id}-error` })}>
      <legend className="mb-2 text-sm font-medium">{label}</legend>
      <div className="flex flex-col gap-2.5">
        {options.map((option) => (
          <Radio
            key={option.value}
            {...props}
            name={name ?? id}
            value={option.value}
            label={option.label}
            {...(option.hint !== undefined && { hint: option.hint })}
            {...(option.disabled !== undefined && { disabled: option.disabled })}
            {...(value !== undefined && { checked: value === option.value })}
          />
        ))}
      </div>
      {error !== undefined && (
        <p id={`${id}-error`} className="mt-2 text-xs text-danger">
          {error}
        </p>
      )}
    </fieldset>
  )
}
