import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { saveFile, today } from '@/lib/save-file'
import { deleteAccount, downloadOwnData, me } from './api'

/** What a person may take along, and leave (OR-4). */
export function OwnDataSections() {
  const { data: user } = useSuspenseQuery(me)
  const [isAsking, setAsking] = useState(false)
  const exporting = useMutation({
    mutationFn: downloadOwnData,
    onSuccess: (file) => saveFile(`renexus-my-data-${today()}.json`, file),
  })

  return (
    <>
      <SettingsSection title="Take it along" description="Everything that is kept about you, as one file.">
        <SettingsRow title="Export" hint="JSON: your account, your settings, your messages and what was recorded.">
          <Button busy={exporting.isPending} onClick={() => exporting.mutate()}>
            {!exporting.isPending && <Download aria-hidden className="size-4" />}
            Export my data
          </Button>
        </SettingsRow>
        {exporting.isError && <Notice tone="danger">{describe(exporting.error)}</Notice>}
        {exporting.isSuccess && <Notice tone="success">The file is in your downloads.</Notice>}
      </SettingsSection>
      <SettingsSection title="Delete your account" dangerous>
        <p className="text-sm text-pretty text-ink-soft">
          Your account, your settings and your way in are gone for good. What others depend on, such as your messages,
          stays without your name. Workspaces that only you own need another owner first, or have to be deleted.
        </p>
        <Button variant="danger" onClick={() => setAsking(true)} className="self-start">
          Delete my account
        </Button>
        <ConfirmDialog
          open={isAsking}
          onOpenChange={setAsking}
          title="Delete your account?"
          confirm="Delete my account"
          dangerous
          typed={user.email}
          onConfirm={deleteAccount}
        >
          This cannot be taken back, not by us either.
        </ConfirmDialog>
      </SettingsSection>
    </>
  )
}
