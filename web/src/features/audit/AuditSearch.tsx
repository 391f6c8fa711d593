import { Search } from 'lucide-react'
import { z } from 'zod'
import { Button } from '@/components/Button'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Select } from '@/components/Select'
import { TextField } from '@/components/TextField'
import type { AuditFilters } from './filters'
import { inWords, workspaceActions, workspaceResources } from './words'

interface AuditSearchProps {
  filters: AuditFilters
  /** Who may have done it. */
  people: readonly { id: string; name: string }[]
  onSearch: (filters: AuditFilters) => void
}

const schema = z
  .object({
    actor: z.string(),
    action: z.string(),
    resource: z.string(),
    resourceId: z.union([z.literal(''), z.guid('An id looks like 0197f2d0-5f4b-7c1e-9d5a-3b1f0c2d4e6f.')]),
    from: z.string(),
    to: z.string(),
  })
  .refine(({ from, to }) => from === '' || to === '' || from <= to, {
    message: 'The last day is before the first.',
    path: ['to'],
  })

const actions = [
  { value: '', label: 'Anything' },
  ...workspaceActions.map((action) => ({ value: action, label: inWords(action) })),
]

const resources = [
  { value: '', label: 'Anything' },
  ...workspaceResources.map((resource) => ({ value: resource, label: inWords(resource) })),
]

const EMPTY = { actor: '', action: '', resource: '', resourceId: '', from: '', to: '' }

export function AuditSearch({ filters, people, onSearch }: AuditSearchProps) {
  const form = useSchemaForm(schema, { ...EMPTY, ...filters })
  const options = [{ value: '', label: 'Anybody' }, ...people.map(({ id, name }) => ({ value: id, label: name }))]

  return (
    <Form
      form={form}
      onSubmit={(typed) => {
        onSearch(typed)
        return Promise.resolve()
      }}
      submit={
        <>
          <Search aria-hidden className="size-4" />
          Search
        </>
      }
      actions={
        Object.keys(filters).length > 0 && (
          <Button
            variant="quiet"
            onClick={() => {
              form.reset(EMPTY)
              onSearch({})
            }}
          >
            Clear
          </Button>
        )
      }
    >
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3 sm:grid-cols-3">
        <Select label="Who" options={options} {...field(form, 'actor')} />
        <Select label="What happened" options={actions} {...field(form, 'action')} />
        <Select label="Kind of thing" options={resources} {...field(form, 'resource')} />
        <TextField label="Id of the thing" autoComplete="off" spellCheck={false} {...field(form, 'resourceId')} />
        <TextField label="From" type="date" {...field(form, 'from')} />
        <TextField label="Until" type="date" {...field(form, 'to')} />
      </div>
    </Form>
  )
}
