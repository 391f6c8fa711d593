import type { ReactNode } from 'react'
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { Button, type ButtonProps } from './Button'
import { cx } from './cx'
import { Notice } from './Notice'
import { showProblem } from './problem-form'

interface FormProps<Input extends FieldValues, Output> {
  form: UseFormReturn<Input, unknown, Output>
  /** What happens with the filled-in form; a refusal it throws is shown at the fields it names, and nothing typed is lost. */
  onSubmit: (input: Output) => Promise<unknown>
  submit: ReactNode
  variant?: ButtonProps['variant']
  children: ReactNode
  /** Beside the button that submits. */
  actions?: ReactNode
  /** Whether the button takes the whole width, as on the cards before the first workspace. */
  wide?: boolean
}

/** The frame of every form: its fields, what is wrong with it as a whole, and the button. */
export function Form<Input extends FieldValues, Output>({
  form,
  onSubmit,
  submit,
  variant = 'primary',
  children,
  actions,
  wide = false,
}: FormProps<Input, Output>) {
  const { errors, isSubmitting } = form.formState

  const send = form.handleSubmit(async (input) => {
    try {
      await onSubmit(input)
    } catch (error) {
      showProblem(error, Object.keys(form.getValues()) as Path<Input>[], form.setError)
    }
  })

  return (
    <form
      onSubmit={(event) => {
        // A form in a dialog is, for React, inside whatever opened the dialog.
        event.stopPropagation()
        void send(event)
      }}
      noValidate
      className="flex flex-col gap-4"
    >
      {children}
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <div className={cx('flex gap-2', wide ? 'flex-col' : 'flex-wrap items-center')}>
        <Button type="submit" variant={variant} busy={isSubmitting} className={cx(wide && 'mt-1 min-h-11')}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  )
}
