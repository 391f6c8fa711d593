import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { showProblem } from '@/components/problem-form'
import { TextField } from '@/components/TextField'
import { addMember, membersOf, withMember, type InviteInput } from './api'
import { invitable, nameOfRole } from './roles'

const schema = z.object({
  email: z.email('Enter an email address, like ada@example.org.'),
  role: z.enum(invitable),
})

export function InviteForm({ workspaceId }: { workspaceId: string }) {
  const cache = useQueryClient()
  const roleId = useId()
  const [done, setDone] = useState<string>()
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', role: 'editor' as const } })
  const { errors, isSubmitting } = form.formState

  const invite = async (input: InviteInput) => {
    setDone(undefined)
    const member = await addMember(workspaceId, input)
    if (member)
      cache.setQueryData(
        membersOf(workspaceId).queryKey,
        (known) => known && withMember(known, { op: 'create', resourceId: member.userId, data: member }),
      )
    setDone(
      member ? `${member.name} is now a member.` : `${input.email} has no account yet: an invitation is on its way.`,
    )
    form.reset()
  }

  const submit = form.handleSubmit((input) =>
    invite(input).catch((error: unknown) => showProblem(error, ['email', 'role'], form.setError)),
  )

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <div className="flex flex-col gap-3 sm:flex-row">
        <TextField
          label="Email"
          type="email"
          autoComplete="off"
          inputMode="email"
          placeholder="colleague@example.org"
          className="flex-1"
          error={errors.email?.message}
          {...form.register('email')}
        />
        <div className="flex flex-col gap-1.5">
          <label htmlFor={roleId} className="text-sm font-medium">
            Role
          </label>
          <select
            id={roleId}
            className="min-h-11 rounded-lg border border-line-control bg-surface px-3 text-base text-ink sm:text-sm"
            {...form.register('role')}
          >
            {invitable.map((role) => (
              <option key={role} value={role}>
                {nameOfRole(role)}
              </option>
            ))}
          </select>
        </div>
        <Button type="submit" variant="primary" busy={isSubmitting} className="min-h-11 sm:mt-[1.625rem]">
          Invite
        </Button>
      </div>
      {errors.root?.message !== undefined && <Notice tone="danger">{errors.root.message}</Notice>}
      {done !== undefined && <Notice tone="success">{done}</Notice>}
    </form>
  )
}
