import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, Outlet } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { SignOutQuestion } from '@/features/accounts/SignOutQuestion'
import { StepUpDialog } from '@/features/accounts/StepUpDialog'
import { storedPreferences } from '@/features/accounts/stored-preferences'
import { ConflictDialog } from '@/features/sync/ConflictDialog'
import { WaitingDialog } from '@/features/sync/WaitingDialog'
import { notifications, notificationSettings } from '@/features/notifications/api'
import { workspaces } from '@/features/workspaces/api'
import { userChannel } from '@/lib/channels'
import { useChannel } from '@/lib/react/use-channel'
import { ConnectionBar } from '@/app/ConnectionStatus'
import { CommandCentre } from '@/app/shell/CommandCentre'

/** Everything behind the sign-in: what concerns the person arrives here, and the connection shows how it is. */
function Member() {
  const cache = useQueryClient()
  const { data: user } = useSuspenseQuery(me)
  useChannel(userChannel(user.id), {
    reset: () => {
      void cache.invalidateQueries({ queryKey: me.queryKey, exact: true })
      void cache.invalidateQueries({ queryKey: storedPreferences.queryKey })
      void cache.invalidateQueries({ queryKey: workspaces.queryKey, exact: true })
      void cache.invalidateQueries({ queryKey: notifications.queryKey })
      void cache.invalidateQueries({ queryKey: notificationSettings.queryKey })
    },
  })
  // This device shows what it knows already; what was chosen elsewhere counts as soon as it is here.
  useQuery(storedPreferences)

  return (
    <div className="flex h-full flex-col">
      <ConnectionBar />
      <div className="min-h-0 flex-1">
        <Outlet />
      </div>
      <CommandCentre />
      <StepUpDialog />
      <SignOutQuestion />
      <ConflictDialog />
      <WaitingDialog />
    </div>
  )
}

export const route = createLazyRoute('/member')({ component: Member })
