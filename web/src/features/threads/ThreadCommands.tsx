import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Hash, Plus } from 'lucide-react'
import { useCommands, useCommandSource } from '@/lib/react/use-commands'
import { threadsOf } from './api'
import { listed } from './thread-list'

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

  const threads = () => listed(cache.getQueryData(threadsOf(workspaceId).queryKey) ?? [])
  const open = (id: string) =>
    void navigate({ to: '/w/$workspaceId/t/$threadId', params: { workspaceId, threadId: id } })
  const step = (by: 1 | -1) => {
    const ids = threads().map((thread) => thread.id)
    const at = threadId === undefined ? -1 : ids.indexOf(threadId)
    const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length]
    if (next !== undefined) open(next)
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
