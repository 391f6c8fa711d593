import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import type { Thread } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { Notice } from '@/components/Notice'
import { showProblem } from '@/components/problem-form'
import { TextField } from '@/components/TextField'
import { createThread } from './api'
import { addThread } from './changes'

const schema = z.object({
  title: z.string().trim().min(1, 'Say what the thread is about.').max(200, 'A title has at most 200 characters.'),
})

interface NewThreadDialogProps {
  workspaceId: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onCreated: (thread: Thread) => void
}

export function NewThreadDialog({ workspaceId, open, onOpenChange, onCreated }: NewThreadDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New thread"
      description="Everybody in the workspace can read it and take part."
    >
      <NewThreadForm workspaceId={workspaceId} onCreated={onCreated} />
    </Dialog>
  )
}

function NewThreadForm({ workspaceId, onCreated }: Pick<NewThreadDialogProps, 'workspaceId' | 'onCreated'>) {
  const cache = useQueryClient()
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { title: '' } })
  const { errors, isSubmitting } = form.formState

  const submit = form.handleSubmit(async ({ title }) => {
    try {
      const thread = await createThread(workspaceId, title)
      addThread(cache, thread)
      onCreated(thread)
    } catch (error) {
      showProblem(error, ['title'], form.setError)
    }
  })

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label="Topic"
        autoComplete="off"
        placeholder="Spring campaign"
        error={errors.title?.message}
        {...form.register('title')}
      />
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      <Button type="submit" variant="primary" busy={isSubmitting} className="min-h-11">
        Create thread
      </Button>
    </form>
  )
}
