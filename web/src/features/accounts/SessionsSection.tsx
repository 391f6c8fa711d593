import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import type { LogInSession } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { SettingsSection } from '@/components/SettingsSection'
import { When } from '@/components/When'
import { endOtherSessions, endSession, sessions } from './sessions'

/** Every device that is signed in, and the way to sign it out from here (AU-4). */
export function SessionsSection() {
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(sessions)
  const [ending, setEnding] = useState<LogInSession | 'others'>()
  const others = data?.filter((session) => session.current !== true).length ?? 0

  return (
    <SettingsSection
      title="Devices"
      description="Where you are signed in. A device that you sign out here loses its connection at once."
      action={
        others > 0 && (
          <Button size="small" variant="danger" onClick={() => setEnding('others')}>
            Sign out all others
          </Button>
        )
      }
    >
      {data ? (
        <ul className="flex flex-col divide-y divide-line">
          {data.map((session) => (
            <Session key={session.id} session={session} onEnd={() => setEnding(session)} />
          ))}
        </ul>
      ) : error ? (
        <ErrorState error={error} title="Your devices could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading your devices" rows={2} pictures />
      )}

      <ConfirmDialog
        open={ending !== undefined}
        onOpenChange={() => setEnding(undefined)}
        title={ending === 'others' ? 'Sign out all other devices?' : `Sign out ${ending?.device ?? ''}?`}
        confirm="Sign out"
        dangerous
        onConfirm={async () => {
          if (ending === undefined) return
          await (ending === 'others' ? endOtherSessions() : endSession(ending.id))
          await cache.invalidateQueries({ queryKey: sessions.queryKey })
        }}
      >
        What is written there and not sent yet stays there, until somebody signs in again.
      </ConfirmDialog>
    </SettingsSection>
  )
}

function Session({ session, onEnd }: { session: LogInSession; onEnd: () => void }) {
  const Icon = /iphone|ipad|android|mobile/i.test(session.device) ? Smartphone : Monitor
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3 first:pt-0 last:pb-0">
      <Icon aria-hidden className="size-5 shrink-0 text-ink-soft" />
      <div className="min-w-0 flex-1 basis-40">
        <p className="text-sm font-medium wrap-anywhere">{session.device}</p>
        <p className="text-xs wrap-anywhere text-ink-soft">
          {session.address ?? 'Address unknown'} · active <When at={session.lastUsedAt} /> · since{' '}
          <When at={session.createdAt} />
        </p>
      </div>
      {session.current === true ? (
        <Badge tone="success">This device</Badge>
      ) : (
        <Button size="small" variant="danger" aria-label={`Sign out ${session.device}`} onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  )
}
