import { Search } from 'lucide-react'
import { z } from 'zod'
import { Button } from '@/components/Button'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Select } from '@/components/Select'
import { TextField } from '@/components/TextField'
import type { AuditFilters } from './filters'
import { inWords, resourcesOf, workspaceActions } from './words'

interface AuditSearchProps {
  filters: AuditFilters
  /** Who may have done it; without a list the person is named by id. */
  people?: readonly { id: string; name: string }[]
  /** What can be looked for. */
  actions?: readonly string[]
  onSearch: (filters: AuditFilters) => void
}

const id = z.union([z.literal(''), z.guid('An id looks like 0197f2d0-5f4b-7c1e-9d5a-3b1f0c2d4e6f.')])

const schema = z
  .object({
    actor: id,
    action: z.string(),
    resource: z.string(),
    resourceId: id,
    from: z.string(),
    to: z.string(),
  })
  .refine(({ from, to }) => from === '' || to === '' || from <= to, {
    message: 'The last day is before the first.',
    path: ['to'],
  })

const choices = (names: readonly string[]) => [
  { value: '', label: 'Anything' },
  ...names.map((name) => ({ value: name, label: inWords(name) })),
]

const EMPTY = { actor: '', action: '', resource: '', resourceId: '', from: '', to: '' }

export function AuditSearch({ filters, people, actions = workspaceActions, onSearch }: AuditSearchProps) {
  const form = useSchemaForm(schema, { ...EMPTY, ...filters })

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
      <div className="grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] gap-3 sm:grid-cols-3">
        {people ? (
          <Select
            label="Who"
            options={[{ value: '', label: 'Anybody' }, ...people.map(({ id, name }) => ({ value: id, label: name }))]}
            {...field(form, 'actor')}
          />
        ) : (
          <TextField label="Id of the person" autoComplete="off" spellCheck={false} {...field(form, 'actor')} />
        )}
        <Select label="What happened" options={choices(actions)} {...field(form, 'action')} />
        <Select label="Kind of thing" options={choices(resourcesOf(actions))} {...field(form, 'resource')} />
        <TextField label="Id of the thing" autoComplete="off" spellCheck={false} {...field(form, 'resourceId')} />
        <TextField label="From" type="date" {...field(form, 'from')} />
        <TextField label="Until" type="date" {...field(form, 'to')} />
      </div>
    </Form>
  )
}
