import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams } from '@tanstack/react-router'
import { SidePanel, SidePanelToggle } from '@/components/SidePanel'
import { me } from '@/features/accounts/api'
import { DocumentEditor } from '@/features/content/editor'
import { ItemPanel } from '@/features/content/ItemPanel'
import { ItemView } from '@/features/content/ItemView'
import { lastFilters } from '@/features/content/last-view'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { BackToContent } from '@/app/BackToContent'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { MediaOfItem, WithFiles } from '@/app/ItemFiles'
import { usePeople } from '@/app/use-people'
import { useWorkspace } from '@/app/use-workspace'

const FROM = '/member/w/$workspaceId/c/$itemId'

function Item() {
  const { workspaceId, itemId } = useParams({ from: FROM })
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const role = useWorkspace(workspaceId)?.role
  const { people, nameOf } = usePeople(workspaceId)
  const rights = { mayWrite: mayWrite(role), mayApprove: mayInvite(role) }

  return (
    <WithFiles>
      <ItemView
        key={itemId}
        workspaceId={workspaceId}
        itemId={itemId}
        me={user}
        nameOf={nameOf}
        rights={rights}
        back={<BackToContent workspaceId={workspaceId} />}
        status={
          <>
            <ConnectionStatus />
            <SidePanelToggle />
          </>
        }
        editor={(item, mayWrite) => (
          <DocumentEditor itemId={item.id} label="Text" mayWrite={mayWrite} nameOf={nameOf} />
        )}
        media={(item, mayWrite) => <MediaOfItem item={item} mayWrite={mayWrite} />}
        onDeleted={() =>
          void navigate({
            to: '/w/$workspaceId/content',
            params: { workspaceId },
            search: lastFilters(workspaceId),
            replace: true,
          })
        }
      />
      <SidePanel title="Details">
        <ItemPanel
          key={itemId}
          workspaceId={workspaceId}
          itemId={itemId}
          people={people}
          nameOf={nameOf}
          rights={rights}
        />
      </SidePanel>
    </WithFiles>
  )
}

export const route = createLazyRoute(FROM)({ component: Item })
