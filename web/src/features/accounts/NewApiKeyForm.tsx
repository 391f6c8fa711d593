import { z } from 'zod'
import type { NewApiKey } from '@/api/types'
import { Checkbox } from '@/components/Checkbox'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Select } from '@/components/Select'
import { TextField } from '@/components/TextField'
import { createApiKey, scopes } from './keys'
import { someName } from './schemas'

const DAY = 24 * 60 * 60 * 1000

const lives = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
]

const schema = z.object({
  name: someName,
  scopes: z.array(z.string()).min(1, 'Choose at least one thing that the key may do.'),
  expiresAt: z.string(),
})

export function NewApiKeyForm({ onMade }: { onMade: (key: NewApiKey) => void }) {
  const form = useSchemaForm(schema, { name: '', scopes: [], expiresAt: '90' })
  const { error } = form.getFieldState('scopes', form.formState)

  return (
    <Form
      form={form}
      submit="Create key"
      onSubmit={async ({ expiresAt: days, ...rest }) => {
        const expiresAt = new Date(Date.now() + Number(days) * DAY).toISOString()
        onMade(await createApiKey({ ...rest, expiresAt }))
      }}
    >
      <TextField
        label="Name of the key"
        hint="What it is for, such as “Nightly export”."
        autoComplete="off"
        {...field(form, 'name')}
      />
      <fieldset aria-describedby={error && 'scopes-error'}>
        <legend className="mb-2 text-sm font-medium">What it may do</legend>
        <div className="flex flex-col gap-2.5">
          {scopes.map((scope) => (
            <Checkbox
              key={scope.value}
              label={scope.label}
              {...('hint' in scope && { hint: scope.hint })}
              value={scope.value}
              {...form.register('scopes')}
            />
          ))}
        </div>
        {error && (
          <p id="scopes-error" className="mt-2 text-xs text-danger">
            {error.message}
          </p>
        )}
      </fieldset>
      <Select label="Good for" options={lives} {...field(form, 'expiresAt')} />
    </Form>
  )
}
