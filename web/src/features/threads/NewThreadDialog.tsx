import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { z } from 'zod'
import type { Thread } from '@/api/types'
import { Checkbox } from '@/components/Checkbox'
import { Dialog } from '@/components/Dialog'
import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { createThread } from './api'
import { addThread } from './changes'
import { rememberMade } from './just-made'
import type { Author } from './MessageRow'
import { titleSchema } from './schemas'

interface NewThreadDialogProps {
  workspaceId: string
  /** Who else is in the workspace: a thread can be for some of them alone. */
  people?: readonly Author[] | undefined
  open: boolean
  onOpenChange: (open: boolean) => void
  onCreated: (thread: Thread) => void
}

export function NewThreadDialog({ open, onOpenChange, onCreated, ...form }: NewThreadDialogProps) {
  const isCreated = useRef(false)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New thread"
      description="A place to talk about one thing."
      onClosed={(event) => {
        // The new thread takes it: one writes on.
        if (isCreated.current) event.preventDefault()
        isCreated.current = false
      }}
    >
      <NewThreadForm
        {...form}
        onCreated={(thread) => {
          isCreated.current = true
          rememberMade(thread.id)
          onCreated(thread)
        }}
      />
    </Dialog>
  )
}

const schema = z
  .object({ title: titleSchema, isPrivate: z.boolean(), participants: z.array(z.string()) })
  .refine(({ isPrivate, participants }) => !isPrivate || participants.length > 0, {
    path: ['isPrivate'],
    message: 'Choose who takes part, besides you.',
  })

function NewThreadForm({ workspaceId, people = [], onCreated }: Omit<NewThreadDialogProps, 'open' | 'onOpenChange'>) {
  const cache = useQueryClient()
  const form = useSchemaForm(schema, { title: '', isPrivate: false, participants: [] })
  const isPrivate = form.watch('isPrivate')

  return (
    <Form
      form={form}
      submit="Create thread"
      wide
      onSubmit={async ({ title, isPrivate: forSome, participants }) => {
        const thread = await createThread(workspaceId, title, forSome ? participants : [])
        addThread(cache, thread)
        onCreated(thread)
      }}
    >
      <TextField label="Topic" autoComplete="off" placeholder="Spring campaign" {...field(form, 'title')} />
      {people.length > 0 && (
        <Checkbox
          label="Private"
          hint={isPrivate ? undefined : 'Everybody in the workspace can read it and take part.'}
          {...field(form, 'isPrivate')}
        />
      )}
      {isPrivate && (
        <Participants
          people={people}
          onChange={(ids) => form.setValue('participants', ids, { shouldValidate: true })}
        />
      )}
    </Form>
  )
}

/** Beyond so many one looks for a name instead of going through the list. */
const MANY = 8

function Participants({ people, onChange }: { people: readonly Author[]; onChange: (ids: string[]) => void }) {
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [wanted, setWanted] = useState('')
  const shown = people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()))

  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]
    setChosen(next)
    onChange(next)
  }

  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="pb-1.5 text-sm font-medium">Who takes part, besides you</legend>
      {people.length > MANY && (
        <TextField
          label="Find somebody"
          labelHidden
          placeholder="Find somebody"
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <div className="flex max-h-48 flex-col gap-2.5 overflow-y-auto p-1">
        {shown.map(({ id, name }) => (
          <Checkbox key={id} label={name} checked={chosen.includes(id)} onChange={() => toggle(id)} />
        ))}
        {shown.length === 0 && <p className="text-sm text-ink-soft">Nobody here has that name.</p>}
      </div>
    </fieldset>
  )
}
