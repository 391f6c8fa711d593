import { zodResolver } from '@hookform/resolvers/zod'
import type { ReactNode } from 'react'
import {
  useForm,
  useFormState,
  type DefaultValues,
  type FieldValues,
  type Path,
  type UseFormRegisterReturn,
  type UseFormReturn,
} from 'react-hook-form'
import { config, type z } from 'zod'
import { Button, type ButtonProps } from './Button'
import { cx } from './cx'
import { Notice } from './Notice'
import { showProblem } from './problem-form'

// Zod would try whether it may make functions of text. It may not here, and the browser would report each try as a breach of the policy.
config({ jitless: true })

/** A form whose values obey a schema, which also says what the server will accept. */
export function useSchemaForm<Output extends FieldValues, Input extends FieldValues>(
  schema: z.ZodType<Output, Input>,
  defaultValues: DefaultValues<Input>,
): UseFormReturn<Input, unknown, Output> {
  return useForm<Input, unknown, Output>({ resolver: zodResolver(schema), defaultValues })
}

/** What ties a field component to its value in the form: `<TextField label="Name" {...field(form, 'name')} />`. */
export function field<Input extends FieldValues, Output>(
  form: UseFormReturn<Input, unknown, Output>,
  name: Path<Input>,
): UseFormRegisterReturn & { error?: string } {
  const { error } = form.getFieldState(name, form.formState)
  return { ...form.register(name), ...(error?.message !== undefined && { error: error.message }) }
}

interface FormProps<Input extends FieldValues, Output> {
  form: UseFormReturn<Input, unknown, Output>
  /** What happens with the filled-in form; a refusal it throws is shown at the fields it names, and nothing typed is lost. */
  onSubmit: (values: Output) => Promise<unknown>
  submit: ReactNode
  /** What stands beside the button, such as a way out. */
  actions?: ReactNode
  variant?: ButtonProps['variant']
  /** The button fills the line, as in a card with one question. */
  wide?: boolean
  className?: string
  children: ReactNode
}

/** The frame of every form: its fields, what is wrong with it as a whole, and the button. */
export function Form<Input extends FieldValues, Output>({
  form,
  onSubmit,
  submit,
  actions,
  variant = 'primary',
  wide = false,
  className,
  children,
}: FormProps<Input, Output>) {
  const { errors, isSubmitting } = useFormState({ control: form.control })

  const send = form.handleSubmit((values) =>
    onSubmit(values).then(undefined, (error: unknown) =>
      showProblem(error, Object.keys(form.getValues()) as Path<Input>[], form.setError),
    ),
  )

  return (
    <form
      onSubmit={(event) => {
        // A form in a dialog is, for React, inside whatever opened the dialog.
        event.stopPropagation()
        void send(event)
      }}
      noValidate
      className={cx('flex flex-col gap-4', className)}
    >
      {children}
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <div className={cx('flex gap-2', wide ? 'flex-col' : 'flex-wrap items-center')}>
        <Button type="submit" variant={variant} busy={isSubmitting} size={wide ? 'large' : 'normal'}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  )
}
