import { useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import type { Workspace } from '@/api/types'
import { field, Form, useSchemaForm } from '@/components/Form'
import { TextField } from '@/components/TextField'
import { createWorkspace, workspaces } from './api'

const schema = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(100, 'A name has at most 100 characters.'),
})

export function CreateWorkspaceForm({ onCreated }: { onCreated: (workspace: Workspace) => void }) {
  const cache = useQueryClient()
  const form = useSchemaForm(schema, { name: '' })

  const create = async ({ name }: { name: string }) => {
    const created = await createWorkspace(name)
    cache.setQueryData(workspaces.queryKey, (known = []) => [...known.filter((one) => one.id !== created.id), created])
    onCreated(created)
  }

  return (
    <Form form={form} onSubmit={create} submit="Create workspace" wide>
      <TextField
        label="Workspace name"
        hint="Usually your company or team. You can change it later."
        autoComplete="organization"
        {...field(form, 'name')}
      />
    </Form>
  )
}
