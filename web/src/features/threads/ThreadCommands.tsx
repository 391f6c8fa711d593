import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Hash, Plus } from 'lucide-react'
import type { Thread } from '@/api/types'
import { useCommands, useCommandSource } from '@/lib/react/use-commands'
import { threadsOf } from './api'
import { hasUnread, listed } from './thread-list'
import { wantedNow } from './use-wanted'

interface ThreadCommandsProps {
  workspaceId: string
  /** Absent for those who may only read. */
  onCreate?: (() => void) | undefined
}

/** The threads of a workspace in the command menu and under the keys. Renders nothing. */
export function ThreadCommands({ workspaceId, onCreate }: ThreadCommandsProps) {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const { threadId } = useParams({ strict: false })

  const threads = () => {
    const known = cache.getQueryData(threadsOf(workspaceId).queryKey) ?? []
    return listed(known.map((thread) => wantedNow(cache, thread)))
  }
  const open = (id: string) =>
    void navigate({ to: '/w/$workspaceId/t/$threadId', params: { workspaceId, threadId: id } })
  const step = (by: 1 | -1, wanted: (thread: Thread) => boolean = () => true) => {
    const all = threads()
    const at = all.findIndex((thread) => thread.id === threadId)
    const start = at < 0 && by < 0 ? 0 : at
    for (let i = 1; i <= all.length; i++) {
      const thread = all[(start + by * i + all.length * 2) % all.length]
      if (!thread || thread.id === threadId || !wanted(thread)) continue
      open(thread.id)
      return
    }
  }

  useCommands([
    ...(onCreate
      ? [{ id: 'thread.new', title: 'New thread', section: 'Threads', keys: ['C'], icon: Plus, run: onCreate }]
      : []),
    {
      id: 'thread.previous',
      title: 'Previous thread',
      section: 'Threads',
      keys: ['Alt+ArrowUp'],
      keysOnly: true,
      run: () => step(-1),
    },
    {
      id: 'thread.next',
      title: 'Next thread',
      section: 'Threads',
      keys: ['Alt+ArrowDown'],
      keysOnly: true,
      run: () => step(1),
    },
    {
      id: 'thread.previous-unread',
      title: 'Previous unread thread',
      section: 'Threads',
      keys: ['Alt+Shift+ArrowUp', 'P'],
      run: () => step(-1, hasUnread),
    },
    {
      id: 'thread.next-unread',
      title: 'Next unread thread',
      section: 'Threads',
      keys: ['Alt+Shift+ArrowDown', 'N'],
      run: () => step(1, hasUnread),
    },
  ])

  useCommandSource('threads', () =>
    threads().map((thread) => ({
      id: `thread.${thread.id}`,
      title: thread.title,
      section: 'Threads',
      icon: Hash,
      run: () => open(thread.id),
    })),
  )

  return null
}
