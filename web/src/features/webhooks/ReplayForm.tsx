import { z } from 'zod'
import { Checkbox } from '@/components/Checkbox'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Select } from '@/components/Select'

const HOUR = 60 * 60 * 1000

const times = [
  { value: '1', label: 'Of the last hour' },
  { value: '24', label: 'Of the last day' },
  { value: '168', label: 'Of the last 7 days' },
  { value: '720', label: 'Of the last 30 days' },
]

const schema = z.object({ hours: z.string(), includeDelivered: z.boolean() })

export function ReplayForm({ onReplay }: { onReplay: (since: string, includeDelivered: boolean) => Promise<unknown> }) {
  const form = useSchemaForm(schema, { hours: '24', includeDelivered: false })
  return (
    <Form
      form={form}
      submit="Send again"
      onSubmit={({ hours, includeDelivered }) =>
        onReplay(new Date(Date.now() - Number(hours) * HOUR).toISOString(), includeDelivered)
      }
    >
      <Select label="Events" options={times} {...field(form, 'hours')} />
      <Checkbox
        label="Also what was delivered"
        hint="Otherwise only what was given up."
        {...field(form, 'includeDelivered')}
      />
    </Form>
  )
}
