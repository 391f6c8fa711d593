import { z } from 'zod'
import type { TotpEnrolment } from '@/api/types'
import { CopyField } from '@/components/CopyField'
import { field, Form, useSchemaForm } from '@/components/Form'
import { CodeField } from './CodeField'
import { QrCode } from './QrCode'
import { totpCode } from './schemas'
import { confirmTotp } from './security'

const schema = z.object({ code: totpCode })

/** The secret goes into the app; a code of the app shows that it arrived. Only then it counts. */
export function TotpSetUpForm({ setUp, onDone }: { setUp: TotpEnrolment; onDone: (recoveryCodes: string[]) => void }) {
  const form = useSchemaForm(schema, { code: '' })

  return (
    <Form form={form} onSubmit={async ({ code }) => onDone((await confirmTotp(code)).recoveryCodes)} submit="Turn on">
      <ol className="flex list-decimal flex-col gap-4 pl-5 text-sm">
        <li>
          <div className="flex flex-col gap-3">
            <p>Scan this picture with the app, or type the key into it.</p>
            <QrCode text={setUp.uri} label="QR code with the key for the authenticator app" />
            <CopyField label="Key" value={groupsOfFour(setUp.secret)} />
          </div>
        </li>
        <li>
          <div className="flex flex-col gap-3">
            <p>Enter the code that the app shows now.</p>
            <CodeField kind="totp" {...field(form, 'code')} />
          </div>
        </li>
      </ol>
    </Form>
  )
}

const groupsOfFour = (secret: string) => secret.match(/.{1,4}/g)?.join(' ') ?? secret
