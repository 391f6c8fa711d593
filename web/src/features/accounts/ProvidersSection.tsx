import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectedIdentity, SignInProvider } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { ErrorState } from '@/components/ErrorState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { When } from '@/components/When'
import { disconnect, goToProvider, identities, providers } from './providers'

/** Which providers open this account; the section is not there where none could. */
export function ProvidersSection() {
  const { data: available } = useQuery(providers)
  const { data: connected, error, refetch } = useQuery(identities)
  const items = available?.items ?? []
  const others = connected?.items.filter(({ providerId }) => providerId == null) ?? []

  if (items.length === 0 && others.length === 0) return null
  return (
    <SettingsSection
      title="Sign-in providers"
      description="Whoever is you there can open this account. Connect only what you trust with it."
    >
      {error && <ErrorState error={error} title="Your providers could not be loaded" onRetry={() => void refetch()} />}
      {connected &&
        items.map((provider) => (
          <ProviderRow
            key={provider.id}
            provider={provider}
            identity={connected.items.find(({ providerId }) => providerId === provider.id)}
          />
        ))}
      {others.map(({ issuer, name, createdAt }) => (
        <SettingsRow
          key={issuer}
          title={name}
          hint={
            <>
              Connected <When at={createdAt} />, by its tokens alone
            </>
          }
        >
          <Badge tone="success">On</Badge>
        </SettingsRow>
      ))}
    </SettingsSection>
  )
}

interface ProviderRowProps {
  provider: SignInProvider
  identity: ConnectedIdentity | undefined
}

function ProviderRow({ provider: { id, name }, identity }: ProviderRowProps) {
  const cache = useQueryClient()
  const [asks, setAsks] = useState(false)
  const connect = useMutation({
    mutationFn: () => goToProvider(id, { what: 'connect', next: '/settings/security' }),
  })

  return (
    <>
      <SettingsRow
        title={name}
        hint={
          identity ? (
            <>
              Connected <When at={identity.createdAt} />
            </>
          ) : (
            'Not connected.'
          )
        }
      >
        {identity ? (
          <>
            <Badge tone="success">On</Badge>
            <Button size="small" variant="danger" aria-label={`Disconnect ${name}`} onClick={() => setAsks(true)}>
              Disconnect
            </Button>
          </>
        ) : (
          <Button size="small" aria-label={`Connect ${name}`} busy={connect.isPending} onClick={() => connect.mutate()}>
            Connect
          </Button>
        )}
      </SettingsRow>
      {connect.isError && <Notice tone="danger">{describe(connect.error)}</Notice>}
      <ConfirmDialog
        open={asks}
        onOpenChange={() => setAsks(false)}
        title={`Disconnect ${name}?`}
        confirm="Disconnect"
        dangerous
        onConfirm={async () => {
          await disconnect(id)
          await cache.invalidateQueries({ queryKey: identities.queryKey })
        }}
      >
        It opens your account no longer. Where you are signed in you stay so.
      </ConfirmDialog>
    </>
  )
}
