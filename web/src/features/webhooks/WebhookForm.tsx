import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Checkbox } from '@/components/Checkbox'
import { ErrorState } from '@/components/ErrorState'
import { field, Form, useSchemaForm } from '@/components/Form'
import { LoadingState } from '@/components/LoadingState'
import { TextField } from '@/components/TextField'
import { eventTypesOf, type WebhookInput } from './api'
import { EVERY } from './words'

const schema = z.object({
  url: z
    .string()
    .trim()
    .min(1, 'Enter the address that events are sent to.')
    .max(2048, 'An address has at most 2,048 characters.'),
  description: z.string().trim().max(200, 'At most 200 characters.'),
  events: z.array(z.string()).min(1, 'Choose at least one kind of event.'),
  isOrdered: z.boolean(),
})

interface WebhookFormProps {
  workspaceId: string
  start: WebhookInput
  submit: string
  onSubmit: (input: WebhookInput) => Promise<unknown>
}

/** Where an endpoint is, what it is told, and how. */
export function WebhookForm({ workspaceId, start, submit, onSubmit }: WebhookFormProps) {
  const { data: types, error, refetch } = useQuery(eventTypesOf(workspaceId))
  const form = useSchemaForm(schema, start)
  const wrong = form.getFieldState('events', form.formState).error
  const isEvery = form.watch('events').includes(EVERY)
  if (!types)
    return error ? (
      <ErrorState error={error} title="The kinds of event could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading the kinds of event" rows={4} />
    )

  return (
    <Form form={form} submit={submit} onSubmit={onSubmit}>
      <TextField
        label="Address"
        type="url"
        inputMode="url"
        placeholder="https://example.com/hook"
        hint="Each event is sent there with POST, over https."
        autoComplete="off"
        spellCheck={false}
        {...field(form, 'url')}
      />
      <TextField
        label="What it is for"
        hint="Optional, for the people of this workspace."
        autoComplete="off"
        {...field(form, 'description')}
      />
      <fieldset aria-describedby={wrong && 'events-error'} className="flex flex-col gap-2.5">
        <legend className="mb-2 text-sm font-medium">What it is told</legend>
        <Checkbox
          label="Every event"
          hint="Also kinds that are added later. What is in private threads is never sent."
          value={EVERY}
          {...form.register('events')}
        />
        <div className="grid gap-x-4 gap-y-2.5 sm:grid-cols-3">
          {types.map((type) => (
            <Checkbox
              key={type}
              label={<code className="font-mono text-xs">{type}</code>}
              value={type}
              {...form.register('events')}
              {...(isEvery && { 'aria-disabled': true, className: 'opacity-60' })}
            />
          ))}
        </div>
        {wrong && (
          <p id="events-error" className="text-xs text-danger">
            {wrong.message}
          </p>
        )}
      </fieldset>
      <Checkbox
        label="Keep the order strictly"
        hint="Each event waits until the one before was delivered or given up. One that fails then holds up all others."
        {...field(form, 'isOrdered')}
      />
    </Form>
  )
}
