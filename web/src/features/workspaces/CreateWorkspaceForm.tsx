import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import type { Workspace } from '@/api/types'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { showProblem } from '@/components/problem-form'
import { TextField } from '@/components/TextField'
import { createWorkspace, workspaces } from './api'

const schema = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(100, 'A name has at most 100 characters.'),
})

export function CreateWorkspaceForm({ onCreated }: { onCreated: (workspace: Workspace) => void }) {
  const cache = useQueryClient()
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: '' } })
  const { errors, isSubmitting } = form.formState

  const submit = form.handleSubmit(async ({ name }) => {
    try {
      const created = await createWorkspace(name)
      cache.setQueryData(workspaces.queryKey, (known = []) => [
        ...known.filter((one) => one.id !== created.id),
        created,
      ])
      onCreated(created)
    } catch (error) {
      showProblem(error, ['name'], form.setError)
    }
  })

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label="Workspace name"
        hint="Usually your company or team. You can change it later."
        autoComplete="organization"
        error={errors.name?.message}
        {...form.register('name')}
      />
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <Button type="submit" variant="primary" busy={isSubmitting} className="min-h-11">
        Create workspace
      </Button>
    </form>
  )
}
