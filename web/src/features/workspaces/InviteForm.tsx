import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Notice } from '@/components/Notice'
import { Select } from '@/components/Select'
import { TextField } from '@/components/TextField'
import { addMember, membersOf, withMember, type InviteInput } from './api'
import { invitationsOf } from './invitations'
import { invitable, meaningOfRole, nameOfRole } from './roles'

const schema = z.object({
  email: z.email('Enter an email address, like ada@example.org.'),
  role: z.enum(invitable),
})

const options = invitable.map((role) => ({ value: role, label: `${nameOfRole(role)} · ${meaningOfRole[role] ?? ''}` }))

export function InviteForm({ workspaceId }: { workspaceId: string }) {
  const cache = useQueryClient()
  const [done, setDone] = useState<string>()
  const form = useSchemaForm(schema, { email: '', role: 'editor' })

  const invite = async (input: InviteInput) => {
    setDone(undefined)
    const member = await addMember(workspaceId, input)
    if (member)
      cache.setQueryData(
        membersOf(workspaceId).queryKey,
        (known) => known && withMember(known, { op: 'create', resourceId: member.userId, data: member }),
      )
    else void cache.invalidateQueries({ queryKey: invitationsOf(workspaceId).queryKey })
    setDone(
      member ? `${member.name} is now a member.` : `${input.email} has no account yet: an invitation is on its way.`,
    )
    // The next one is often invited as the same.
    form.reset({ email: '', role: input.role })
  }

  return (
    <Form form={form} onSubmit={invite} submit="Invite">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Email"
          type="email"
          autoComplete="off"
          inputMode="email"
          placeholder="colleague@example.org"
          {...field(form, 'email')}
        />
        <Select label="Role" options={options} {...field(form, 'role')} />
      </div>
      {done !== undefined && <Notice tone="success">{done}</Notice>}
    </Form>
  )
}
