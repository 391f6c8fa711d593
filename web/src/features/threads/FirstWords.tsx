import { useQuery } from '@tanstack/react-query'
import { Count } from '@/components/Badge'
import { firstOf, threadWith } from './api'
import { excerptOf } from './messages'

/** What a thread begins with, and how much of it is new; nothing where that is not known. */
export function FirstWords({ threadId }: { threadId: string }) {
  const { data: message } = useQuery(firstOf(threadId))
  // What is not read follows from what others say, which nobody tells of threads that are not open.
  const { data: thread } = useQuery({ ...threadWith(threadId), staleTime: 0 })
  return (
    <span className="flex items-start gap-2">
      <span className="line-clamp-4 min-w-0 flex-1 wrap-anywhere">{message && excerptOf(message.body, 300)}</span>
      <Count value={thread?.unread ?? 0} strong of="unread" />
    </span>
  )
}
