import type { ComponentProps } from 'react'
import { cx } from './cx'
import { Field, inputLook, type FieldProps } from './Field'

export interface TextAreaProps extends ComponentProps<'textarea'>, FieldProps {}

/** Grows with what is written in it, up to a third of the screen. */
export const TextArea = ({ label, hint, error, labelHidden, className, rows = 3, ...props }: TextAreaProps) => (
  <Field label={label} hint={hint} error={error} labelHidden={labelHidden ?? false} className={className}>
    {(aria) => (
      <textarea
        {...props}
        {...aria}
        rows={rows}
        className={cx(inputLook(error), 'field-sizing-content max-h-[33vh] resize-y py-2 leading-relaxed')}
      />
    )}
  </Field>
)
