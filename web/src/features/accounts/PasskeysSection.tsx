import { useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Passkey, SecuritySettings } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Dialog } from '@/components/Dialog'
import { Notice } from '@/components/Notice'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { When } from '@/components/When'
import { NameForm } from './NameForm'
import { addPasskey, removePasskey, renamePasskey } from './passkeys'
import { security } from './security'
import { passkeysWork } from './webauthn'

type Open = { what: 'add' } | { what: 'rename' | 'remove'; passkey: Passkey }

/** Signing in by the lock of a device, without anything to type or to steal. */
export function PasskeysSection({ known }: { known: SecuritySettings }) {
  const cache = useQueryClient()
  const refresh = () => cache.invalidateQueries({ queryKey: security.queryKey })
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)

  const add = async (name: string) => {
    await addPasskey(name)
    close()
    await refresh()
  }

  return (
    <SettingsSection
      title="Passkeys"
      description="Sign in with your fingerprint, your face or the PIN of your device."
      action={
        passkeysWork() && (
          <Button size="small" onClick={() => setOpen({ what: 'add' })}>
            <Plus aria-hidden className="size-4" />
            Add a passkey
          </Button>
        )
      }
    >
      {!passkeysWork() && <Notice tone="info">This browser cannot make passkeys.</Notice>}
      {known.passkeys.length === 0 ? (
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <KeyRound aria-hidden className="size-4" />
          No passkeys yet.
        </p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {known.passkeys.map((passkey) => (
            <li key={passkey.id} className="py-3 first:pt-0 last:pb-0">
              <SettingsRow
                title={<span className="wrap-anywhere">{passkey.name}</span>}
                hint={
                  <>
                    Added <When at={passkey.createdAt} />
                    {' · '}
                    {passkey.lastUsedAt === null ? (
                      'never used'
                    ) : (
                      <>
                        used <When at={passkey.lastUsedAt} />
                      </>
                    )}
                  </>
                }
              >
                <Button
                  size="small"
                  variant="quiet"
                  aria-label={`Rename ${passkey.name}`}
                  onClick={() => setOpen({ what: 'rename', passkey })}
                >
                  Rename
                </Button>
                <Button
                  size="small"
                  variant="danger"
                  aria-label={`Remove ${passkey.name}`}
                  onClick={() => setOpen({ what: 'remove', passkey })}
                >
                  Remove
                </Button>
              </SettingsRow>
            </li>
          ))}
        </ul>
      )}

      <Dialog
        open={open?.what === 'add'}
        onOpenChange={close}
        title="Add a passkey"
        description="Give it a name by which you know it again. Then your browser asks where to keep it."
      >
        <NameForm label="Name of the passkey" name="" submit="Go on" onSubmit={add} />
      </Dialog>
      <Dialog open={open?.what === 'rename'} onOpenChange={close} title="Rename the passkey">
        {open?.what === 'rename' && (
          <NameForm
            label="Name of the passkey"
            name={open.passkey.name}
            submit="Save"
            onSubmit={async (name) => {
              await renamePasskey(open.passkey.id, name)
              close()
              await refresh()
            }}
          />
        )}
      </Dialog>
      <ConfirmDialog
        open={open?.what === 'remove'}
        onOpenChange={close}
        title={open?.what === 'remove' ? `Remove “${open.passkey.name}”?` : ''}
        confirm="Remove passkey"
        dangerous
        onConfirm={async () => {
          if (open?.what !== 'remove') return
          await removePasskey(open.passkey.id)
          await refresh()
        }}
      >
        Nobody can sign in with it any more. The entry in your device or password manager stays until you delete it
        there.
      </ConfirmDialog>
    </SettingsSection>
  )
}
