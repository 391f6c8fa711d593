import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import type { Workspace } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { field, Form, useSchemaForm } from '@/components/Form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { TextField } from '@/components/TextField'
import { toast } from '@/components/toasts'
import { deletedWorkspaces, deleteWorkspace, removeMember, renameWorkspace, workspaces } from './api'
import { isOwner, mayInvite } from './roles'

const schema = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(100, 'A name has at most 100 characters.'),
})

interface WorkspaceSettingsProps {
  workspace: Workspace
  myId: string
  /** One is no longer in it. */
  onGone: () => void
}

export function WorkspaceSettings({ workspace, myId, onGone }: WorkspaceSettingsProps) {
  const cache = useQueryClient()
  const [question, setQuestion] = useState<'leave' | 'delete'>()
  const close = () => setQuestion(undefined)

  const forget = () => {
    onGone()
    cache.setQueryData(workspaces.queryKey, (known) => known?.filter((one) => one.id !== workspace.id))
  }

  return (
    <>
      {mayInvite(workspace.role) && <NameSection workspace={workspace} />}
      <SettingsSection title="Leave or delete" dangerous>
        <SettingsRow title="Leave this workspace" hint="To come back you need a new invitation.">
          <Button variant="danger" onClick={() => setQuestion('leave')}>
            Leave
          </Button>
        </SettingsRow>
        {isOwner(workspace.role) && (
          <SettingsRow
            title="Delete this workspace"
            hint="For everybody in it. Owners can restore it for 30 days; after that it is gone for good."
          >
            <Button variant="danger" onClick={() => setQuestion('delete')}>
              Delete
            </Button>
          </SettingsRow>
        )}
      </SettingsSection>

      <ConfirmDialog
        open={question === 'leave'}
        onOpenChange={close}
        title={`Leave ${workspace.name}?`}
        confirm="Leave"
        dangerous
        onConfirm={async () => {
          await removeMember(workspace.id, myId)
          forget()
        }}
      >
        You lose access at once. What you wrote stays. The last owner has to hand the workspace over first.
      </ConfirmDialog>
      <ConfirmDialog
        open={question === 'delete'}
        onOpenChange={close}
        title={`Delete ${workspace.name}?`}
        confirm="Delete workspace"
        dangerous
        typed={workspace.name}
        onConfirm={async () => {
          await deleteWorkspace(workspace.id)
          void cache.invalidateQueries({ queryKey: deletedWorkspaces.queryKey })
          forget()
          toast({ message: `${workspace.name} is deleted. You find it under Settings, Workspaces, for 30 days.` })
        }}
      >
        Everybody loses access at once. For 30 days an owner can restore it under Settings, Workspaces; then everything
        in it is removed for good.
      </ConfirmDialog>
    </>
  )
}

function NameSection({ workspace }: { workspace: Workspace }) {
  const cache = useQueryClient()
  const form = useSchemaForm(schema, { name: workspace.name })
  return (
    <SettingsSection title="Name" description="Everybody in the workspace sees it.">
      <Form
        form={form}
        submit="Save name"
        onSubmit={async ({ name }) => {
          const renamed = await renameWorkspace(workspace.id, name)
          cache.setQueryData(workspaces.queryKey, (known) =>
            known?.map((one) => (one.id === renamed.id ? { ...one, ...renamed } : one)),
          )
          form.reset({ name: renamed.name })
          toast({ message: 'The name is saved.', tone: 'success' })
        }}
      >
        <TextField label="Workspace name" autoComplete="organization" {...field(form, 'name')} />
      </Form>
    </SettingsSection>
  )
}
