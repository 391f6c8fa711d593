import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { Avatar } from '@/components/Avatar'
import { field, Form, useSchemaForm } from '@/components/Form'
import { SettingsSection } from '@/components/SettingsSection'
import { TextField } from '@/components/TextField'
import { toast } from '@/components/toasts'
import { me, updateMe } from './api'
import { personName } from './schemas'

const schema = z.object({ name: personName })

/** What others see of this person. */
export function ProfileSection() {
  const cache = useQueryClient()
  const { data: user } = useSuspenseQuery(me)
  const form = useSchemaForm(schema, { name: user.name })

  return (
    <SettingsSection title="Name" description="This is how the members of your workspaces see you.">
      <div className="flex items-center gap-3">
        <Avatar id={user.id} name={user.name} size="large" />
        <div className="min-w-0">
          <p className="text-sm font-medium wrap-anywhere">{user.name}</p>
          <p className="text-xs wrap-anywhere text-ink-soft">{user.email}</p>
        </div>
      </div>
      <Form
        form={form}
        submit="Save name"
        onSubmit={async ({ name }) => {
          const changed = await updateMe({ name })
          cache.setQueryData(me.queryKey, changed)
          form.reset({ name: changed.name })
          toast({ message: 'Your name is saved.', tone: 'success' })
        }}
      >
        <TextField label="Name" autoComplete="name" {...field(form, 'name')} />
      </Form>
    </SettingsSection>
  )
}
