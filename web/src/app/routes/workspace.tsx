import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { contentOf, trashOf } from '@/features/content/api'
import { threadListsOf } from '@/features/threads/api'
import { useMentionNews } from '@/features/threads/use-mention-news'
import { useThreadNews } from '@/features/threads/use-thread-news'
import { membersOf, workspaces } from '@/features/workspaces/api'
import { workspaceChannel } from '@/lib/channels'
import { useChannel } from '@/lib/react/use-channel'
import { usePresence } from '@/lib/react/use-presence'
import { NotFoundScreen } from '@/app/NotFoundScreen'
import { Shell } from '@/app/Shell'

function Workspace() {
  const { workspaceId } = useParams({ from: '/member/w/$workspaceId' })
  const cache = useQueryClient()
  const { data: known } = useSuspenseQuery(workspaces)
  const { data: user } = useSuspenseQuery(me)
  const current = known.find((workspace) => workspace.id === workspaceId)

  useChannel(workspaceChannel(workspaceId), {
    reset: () => {
      void cache.invalidateQueries({ queryKey: threadListsOf(workspaceId) })
      void cache.invalidateQueries({ queryKey: membersOf(workspaceId).queryKey })
      void cache.invalidateQueries({ queryKey: contentOf(workspaceId).queryKey })
      void cache.invalidateQueries({ queryKey: trashOf(workspaceId).queryKey })
    },
    lost: () => void cache.invalidateQueries({ queryKey: workspaces.queryKey, exact: true }),
  })

  useThreadNews(workspaceId, user.id)

  const { data: members } = useQuery(membersOf(workspaceId))
  const { threadId } = useParams({ strict: false })
  useMentionNews(threadId, (id) => members?.find(({ userId }) => userId === id)?.name ?? 'Somebody')
  // Whoever has the workspace open is online in it.
  usePresence(workspaceChannel(workspaceId))

  return current ? <Shell current={current} workspaces={known} /> : <NotFoundScreen />
}

export const route = createLazyRoute('/member/w/$workspaceId')({ component: Workspace })
