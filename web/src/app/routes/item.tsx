import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams } from '@tanstack/react-router'
import { SidePanel, SidePanelToggle } from '@/components/SidePanel'
import { me } from '@/features/accounts/api'
import { CommentedText } from '@/features/content/CommentedText'
import { ItemPanel } from '@/features/content/ItemPanel'
import { ItemView } from '@/features/content/ItemView'
import { lastFilters } from '@/features/content/last-view'
import { FirstWords } from '@/features/threads/FirstWords'
import { mayInvite, mayWrite } from '@/features/workspaces/roles'
import { BackToContent } from '@/app/BackToContent'
import { ConnectionStatus } from '@/app/ConnectionStatus'
import { MediaOfItem, useTextPictures, WithFiles } from '@/app/ItemFiles'
import { Discussion } from '@/app/Discussion'
import { useCommenting } from '@/app/use-commenting'
import { usePeople } from '@/app/use-people'
import { useWorkspace } from '@/app/use-workspace'

const FROM = '/member/w/$workspaceId/c/$itemId'

function Item() {
  const { workspaceId, itemId } = useParams({ from: FROM })
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const role = useWorkspace(workspaceId)?.role
  const { people, nameOf } = usePeople(workspaceId)
  const commenting = useCommenting(workspaceId, itemId)
  const { images, picker } = useTextPictures(workspaceId)
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
          <CommentedText
            itemId={item.id}
            label="Text"
            mayWrite={mayWrite}
            nameOf={nameOf}
            images={images}
            commenting={commenting}
          />
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
          me={user}
          people={people}
          nameOf={nameOf}
          rights={rights}
          commenting={commenting}
          discussion={(threadId, mayWrite) => (
            <Discussion
              key={threadId}
              workspaceId={workspaceId}
              threadId={threadId}
              me={user}
              people={people}
              nameOf={nameOf}
              mayWrite={mayWrite}
              mayModerate={rights.mayApprove}
            />
          )}
          preview={(threadId) => <FirstWords threadId={threadId} />}
        />
      </SidePanel>
      {picker}
    </WithFiles>
  )
}

export const route = createLazyRoute(FROM)({ component: Item })
