import { useRef } from 'react'
import { z } from 'zod'
import { Dialog } from '@/components/Dialog'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Select } from '@/components/Select'
import { TextField } from '@/components/TextField'
import { dateAndTime } from '@/lib/dates'
import { useStore } from '@/lib/react/use-store'
import { createItem } from './api'
import { beginning, type Beginning } from './new-item'
import { titleSchema } from './schemas'
import { kinds, nameOfKind } from './words'

interface NewItemDialogProps {
  workspaceId: string
  onCreated: (itemId: string) => void
}

/** Makes an item. It is there at once, also without a network. */
export function NewItemDialog({ workspaceId, onCreated }: NewItemDialogProps) {
  const begun = useStore(beginning)
  const isCreated = useRef(false)
  return (
    <Dialog
      open={begun !== undefined}
      onOpenChange={() => beginning.set(undefined)}
      title="New content"
      description="A post, an article or a video that your team writes together."
      onClosed={(event) => {
        // The new item takes the focus: one writes on.
        if (isCreated.current) event.preventDefault()
        isCreated.current = false
      }}
    >
      {begun && (
        <NewItemForm
          workspaceId={workspaceId}
          begun={begun}
          onCreated={(id) => {
            isCreated.current = true
            beginning.set(undefined)
            onCreated(id)
          }}
        />
      )}
    </Dialog>
  )
}

const schema = z.object({ title: titleSchema, kind: z.enum(kinds) })

function NewItemForm({ workspaceId, begun, onCreated }: NewItemDialogProps & { begun: Beginning }) {
  const form = useSchemaForm(schema, { title: '', kind: 'post' })
  return (
    <Form
      form={form}
      submit="Create"
      wide
      onSubmit={({ title, kind }) => {
        onCreated(createItem({ workspaceId, title, kind, ...begun }))
        return Promise.resolve()
      }}
    >
      <TextField label="Title" autoComplete="off" placeholder="Spring launch" {...field(form, 'title')} />
      <Select
        label="Kind"
        options={kinds.map((kind) => ({ value: kind, label: nameOfKind(kind) }))}
        {...field(form, 'kind')}
      />
      {begun.plannedAt !== undefined && (
        <p className="text-sm text-ink-soft">Planned for {dateAndTime(begun.plannedAt)}.</p>
      )}
    </Form>
  )
}
