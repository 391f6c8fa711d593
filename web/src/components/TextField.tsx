import type { ComponentProps } from 'react'
import { Field, inputLook, type FieldProps } from './Field'

export interface TextFieldProps extends ComponentProps<'input'>, FieldProps {}

/** A labelled input with its hint and its error, tied together for those who do not see them. */
export const TextField = ({ label, hint, error, labelHidden, className, ...props }: TextFieldProps) => (
  <Field label={label} hint={hint} error={error} labelHidden={labelHidden ?? false} className={className}>
    {(aria) => <input {...props} {...aria} className={inputLook(error)} />}
  </Field>
)
