import { createLazyRoute, Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Ellipsis, FileUp, Trash2 } from 'lucide-react'
import { useCallback } from 'react'
import { Button } from '@/components/Button'
import { Menu, MenuItem } from '@/components/Menu'
import { ContentScreen } from '@/features/content/ContentScreen'
import type { ContentFilters } from '@/features/content/filters'
import { importing } from '@/features/content/importing'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { BackToThreads } from '@/app/BackToThreads'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { WithFiles } from '@/app/ItemFiles'
import { usePeople } from '@/app/use-people'
import { useWorkspace } from '@/app/use-workspace'

const FROM = '/member/w/$workspaceId/content'

function Content() {
  const { workspaceId } = useParams({ from: FROM })
  const filters = useSearch({ from: FROM })
  const navigate = useNavigate()
  const role = useWorkspace(workspaceId)?.role
  const { people, nameOf } = usePeople(workspaceId)
  const look = useCallback(
    (search: ContentFilters) =>
      // What is typed letter by letter is one place, not many to go back through.
      void navigate({ to: '/w/$workspaceId/content', params: { workspaceId }, search, replace: true }),
    [navigate, workspaceId],
  )

  return (
    <WithFiles>
      <ContentScreen
        workspaceId={workspaceId}
        filters={filters}
        onFilters={look}
        people={people}
        nameOf={nameOf}
        rights={{ mayWrite: mayWrite(role), mayApprove: mayInvite(role) }}
        back={<BackToThreads workspaceId={workspaceId} />}
        status={<ConnectionStatus />}
        menu={
          <Menu
            align="end"
            trigger={
              <Button variant="quiet" size="icon" aria-label="More about the content">
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            {mayWrite(role) && (
              <MenuItem icon={FileUp} onSelect={() => importing.set([])}>
                Import Markdown…
              </MenuItem>
            )}
            <MenuItem asChild>
              <Link to="/w/$workspaceId/trash" params={{ workspaceId }}>
                <Trash2 aria-hidden className="size-4 shrink-0" />
                Trash
              </Link>
            </MenuItem>
          </Menu>
        }
      />
    </WithFiles>
  )
}

export const route = createLazyRoute(FROM)({ component: Content })
