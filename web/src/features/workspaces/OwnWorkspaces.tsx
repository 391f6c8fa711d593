import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Badge } from '@/components/Badge'
import { Button, buttonLook } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { describe } from '@/components/problem-form'
import { SettingsSection } from '@/components/SettingsSection'
import { toast } from '@/components/toasts'
import { dateOf } from '@/lib/dates'
import { deletedWorkspaces, restoreWorkspace, workspaces } from './api'
import { nameOfRole } from './roles'

/** Where a person belongs to, and what it has deleted and can have back. */
export function OwnWorkspaces() {
  const { data: known } = useSuspenseQuery(workspaces)
  return (
    <>
      <SettingsSection title="Your workspaces">
        {known.length === 0 ? (
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-sm text-ink-soft">You are in no workspace.</p>
            <Link to="/welcome" className={buttonLook({ size: 'small' })}>
              Make one
            </Link>
          </div>
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {known.map((workspace) => (
              <li key={workspace.id} className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
                <Avatar id={workspace.id} name={workspace.name} square />
                <p className="min-w-0 flex-1 text-sm font-medium wrap-anywhere">{workspace.name}</p>
                {workspace.role != null && <Badge>{nameOfRole(workspace.role)}</Badge>}
                <Link
                  to="/w/$workspaceId/settings"
                  params={{ workspaceId: workspace.id }}
                  aria-label={`Settings of ${workspace.name}`}
                  className={buttonLook({ size: 'small' })}
                >
                  Settings
                </Link>
              </li>
            ))}
          </ul>
        )}
      </SettingsSection>
      <SettingsSection title="Deleted workspaces" description="Owners can restore a workspace for 30 days.">
        <Deleted />
      </SettingsSection>
    </>
  )
}

function Deleted() {
  const { data, error, refetch } = useQuery(deletedWorkspaces)
  if (error)
    return (
      <ErrorState error={error} title="The deleted workspaces could not be loaded" onRetry={() => void refetch()} />
    )
  if (!data) return <LoadingState label="Loading deleted workspaces" rows={1} />
  if (data.length === 0) return <p className="text-sm text-ink-soft">None.</p>
  return (
    <ul className="flex flex-col divide-y divide-line">
      {data.map((workspace) => (
        <DeletedRow key={workspace.id} workspace={workspace} />
      ))}
    </ul>
  )
}

function DeletedRow({ workspace }: { workspace: Workspace }) {
  const cache = useQueryClient()
  const restore = useMutation({
    mutationFn: () => restoreWorkspace(workspace.id),
    onSuccess: async () => {
      toast({ message: `${workspace.name} is back.`, tone: 'success' })
      // The list of deleted ones is below the list of all.
      await cache.invalidateQueries({ queryKey: workspaces.queryKey })
    },
  })
  return (
    <li className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
      <Avatar id={workspace.id} name={workspace.name} square />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium wrap-anywhere">{workspace.name}</p>
        {workspace.restorableUntil != null && (
          <p className="text-xs text-ink-soft">Removed for good on {dateOf(workspace.restorableUntil)}.</p>
        )}
        {restore.isError && (
          <p role="alert" className="text-xs text-danger">
            {describe(restore.error)}
          </p>
        )}
      </div>
      <Button
        size="small"
        busy={restore.isPending}
        aria-label={`Restore ${workspace.name}`}
        onClick={() => restore.mutate()}
      >
        Restore
      </Button>
    </li>
  )
}
