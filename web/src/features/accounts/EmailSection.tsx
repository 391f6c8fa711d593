import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { TextField } from '@/components/TextField'
import { me, updateMe } from './api'
import { mailVerificationAgain } from './mail-links'
import { email } from './schemas'

const schema = z.object({ email })

/** Where mail about the account goes, and whether it is known to arrive. */
export function EmailSection() {
  const cache = useQueryClient()
  const { data: user } = useSuspenseQuery(me)
  const form = useSchemaForm(schema, { email: '' })
  const [askedFor, setAskedFor] = useState<string>()

  const change = async (input: { email: string }) => {
    setAskedFor(undefined)
    const changed = await updateMe(input)
    cache.setQueryData(me.queryKey, changed)
    setAskedFor(input.email)
    form.reset()
  }

  return (
    <SettingsSection title="Email" description="For signing in, invitations and news about the safety of your account.">
      <SettingsRow
        title={<span className="wrap-anywhere">{user.email}</span>}
        hint={user.emailVerified ? undefined : 'Press the link in the mail that went to this address.'}
      >
        {user.emailVerified ? (
          <Badge tone="success">Confirmed</Badge>
        ) : (
          <>
            <Badge tone="warning">Not confirmed</Badge>
            <MailAgain />
          </>
        )}
      </SettingsRow>
      {askedFor !== undefined && (
        <Notice tone="success">
          {user.email === askedFor
            ? 'Your address is changed. A link to confirm it is on its way.'
            : `A link is on its way to ${askedFor}. Your address changes once you press it there.`}
        </Notice>
      )}
      <Form form={form} onSubmit={change} submit="Change address">
        <TextField label="New address" type="email" autoComplete="email" inputMode="email" {...field(form, 'email')} />
      </Form>
    </SettingsSection>
  )
}

function MailAgain() {
  const mail = useMutation({ mutationFn: mailVerificationAgain })
  if (mail.isSuccess)
    return (
      <span role="status" className="text-xs text-success">
        Mail sent
      </span>
    )
  return (
    <>
      {mail.isError && (
        <span role="alert" className="text-xs text-danger">
          {describe(mail.error)}
        </span>
      )}
      <Button size="small" busy={mail.isPending} onClick={() => mail.mutate()}>
        Send it again
      </Button>
    </>
  )
}
