import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { Mentions } from '@/features/threads/Mentions'
import { membersOf } from '@/features/workspaces/api'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'

const FROM = '/member/w/$workspaceId/mentions'

function OwnMentions() {
  const { workspaceId } = useParams({ from: FROM })
  const { data: members } = useQuery(membersOf(workspaceId))
  return (
    <SettingsPage title="Mentions" back={<BackToThreads workspaceId={workspaceId} />}>
      <Mentions
        workspaceId={workspaceId}
        authorOf={(id) => ({
          id: id ?? 'gone',
          name: members?.find(({ userId }) => userId === id)?.name ?? (members ? 'Former member' : '…'),
        })}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute(FROM)({ component: OwnMentions })
