import { z } from 'zod'
import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { someName } from './schemas'

interface NameFormProps {
  label: string
  name: string
  submit: string
  onSubmit: (name: string) => Promise<unknown>
}

const schema = z.object({ name: someName })

export function NameForm({ label, name, submit, onSubmit }: NameFormProps) {
  const form = useSchemaForm(schema, { name })
  return (
    <Form form={form} onSubmit={(input) => onSubmit(input.name)} submit={submit}>
      <TextField label={label} autoComplete="off" {...field(form, 'name')} />
    </Form>
  )
}
