import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { ApiKey, NewApiKey } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { CopyField } from '@/components/CopyField'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { SettingsSection } from '@/components/SettingsSection'
import { When } from '@/components/When'
import { dateOf } from '@/lib/dates'
import { useNow } from '@/lib/react/use-now'
import { apiKeys, nameOfScope, revokeApiKey } from './keys'
import { NewApiKeyForm } from './NewApiKeyForm'

/** Keys with which programs act for this person, each with its own limits (AU-9). */
export function ApiKeysSection() {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(apiKeys)
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<NewApiKey>()
  const [revoking, setRevoking] = useState<ApiKey>()
  const leave = () => {
    setAdding(false)
    setMade(undefined)
  }
  const refresh = () => cache.invalidateQueries({ queryKey: apiKeys.queryKey })

  return (
    <SettingsSection
      title="API keys"
      description="For programs that act in your name. A key may do what its scopes say and never more than you."
      action={
        <Button size="small" onClick={() => setAdding(true)}>
          <Plus aria-hidden className="size-4" />
          New key
        </Button>
      }
    >
      {data ? (
        data.length === 0 ? (
          <p className="text-sm text-ink-soft">No keys yet.</p>
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {data.map((key) => (
              <Key key={key.id} apiKey={key} onRevoke={() => setRevoking(key)} />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState error={error} title="Your keys could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading your keys" rows={2} />
      )}

      {/* One dialog for both: between two that follow each other the focus has no place to stay. */}
      <Dialog open={isAdding} onOpenChange={leave} title={made ? 'Your new key' : 'New API key'}>
        {made ? (
          <>
            <Notice tone="warning">Copy it now: it is shown this once, and only its first signs are kept.</Notice>
            <CopyField label={made.name} value={made.key} />
            <Button variant="primary" onClick={leave} className="self-end">
              I have kept it
            </Button>
          </>
        ) : (
          <NewApiKeyForm
            onMade={(key) => {
              setMade(key)
              void refresh()
            }}
          />
        )}
      </Dialog>
      <ConfirmDialog
        open={revoking !== undefined}
        onOpenChange={() => setRevoking(undefined)}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        confirm="Revoke key"
        dangerous
        onConfirm={async () => {
          if (!revoking) return
          await revokeApiKey(revoking.id)
          await refresh()
        }}
      >
        Programs that use it are locked out at once. This cannot be taken back.
      </ConfirmDialog>
    </SettingsSection>
  )
}

function Key({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const now = useNow(60_000)
  const hasEnded = Date.parse(apiKey.expiresAt) <= now
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="flex min-w-0 flex-col gap-1">
        <p className="text-sm font-medium wrap-anywhere">
          {apiKey.name} <code className="ml-1 font-mono text-xs font-normal text-ink-soft">{apiKey.prefix}…</code>
        </p>
        <p className="flex flex-wrap gap-1">
          {apiKey.scopes.map((scope) => (
            <Badge key={scope}>{nameOfScope(scope)}</Badge>
          ))}
        </p>
        <p className="text-xs text-ink-soft">
          {apiKey.lastUsedAt === null ? (
            'Never used'
          ) : (
            <>
              Used <When at={apiKey.lastUsedAt} />
            </>
          )}
          {' · '}
          {`${hasEnded ? 'ran out on' : 'until'} ${dateOf(apiKey.expiresAt)}`}
        </p>
      </div>
      <div className="flex items-center gap-2">
        {hasEnded && <Badge tone="warning">Ended</Badge>}
        <Button size="small" variant="danger" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
          Revoke
        </Button>
      </div>
    </li>
  )
}
