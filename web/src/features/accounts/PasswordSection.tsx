import { useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import type { SecuritySettings } from '@/api/types'
import { field, Form, useSchemaForm } from '@/components/Form'
import { SettingsSection } from '@/components/SettingsSection'
import { TextField } from '@/components/TextField'
import { toast } from '@/components/toasts'
import { newPassword } from './schemas'
import { changePassword, security } from './security'
import { sessions } from './sessions'

const withOld = z.object({
  currentPassword: z.string().min(1, 'Enter the password you have now.'),
  password: newPassword,
})
const withoutOld = z.object({ currentPassword: z.string(), password: newPassword })

/** Who came by an outside identity or an invitation may have none yet. */
export function PasswordSection({ known }: { known: SecuritySettings }) {
  const cache = useQueryClient()
  const form = useSchemaForm(known.hasPassword ? withOld : withoutOld, { currentPassword: '', password: '' })

  const change = async ({ currentPassword, password }: { currentPassword: string; password: string }) => {
    await changePassword({ ...(known.hasPassword && { currentPassword }), password })
    form.reset()
    toast({ message: 'Your password is changed. Other devices have been signed out.', tone: 'success' })
    await cache.invalidateQueries({ queryKey: security.queryKey })
    await cache.invalidateQueries({ queryKey: sessions.queryKey })
  }

  return (
    <SettingsSection title="Password" description="A change signs out every other device.">
      <Form form={form} onSubmit={change} submit={known.hasPassword ? 'Change password' : 'Set password'}>
        <input type="text" autoComplete="username" value={known.email} readOnly hidden />
        {known.hasPassword && (
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            {...field(form, 'currentPassword')}
          />
        )}
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters; a sentence is easier to keep than a riddle."
          {...field(form, 'password')}
        />
      </Form>
    </SettingsSection>
  )
}
