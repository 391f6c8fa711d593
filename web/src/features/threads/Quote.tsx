import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CornerUpLeft } from 'lucide-react'
import { Problem } from '@/lib/problem'
import { historyOf, messageWith } from './api'
import { excerptOf } from './messages'
import type { Author } from './MessageRow'

interface QuoteProps {
  id: string
  threadId: string
  authorOf: (userId: string | null) => Author
  onJump: (version: number) => void
}

/** The message that a reply answers, in one line that leads to it. */
export function Quote({ id, threadId, authorOf, onJump }: QuoteProps) {
  const cache = useQueryClient()
  const { data: quoted, error } = useQuery({
    ...messageWith(id),
    initialData: () => cache.getQueryData(historyOf(threadId).queryKey)?.messages.find((message) => message.id === id),
  })
  const look = 'flex h-6 max-w-full items-center gap-1.5 text-xs text-ink-soft'

  if (!quoted)
    return (
      <p className={look}>
        <CornerUpLeft aria-hidden className="size-3.5 shrink-0" />
        {error instanceof Problem && error.status === 404 ? 'The original message was deleted' : '…'}
      </p>
    )

  return (
    <button type="button" onClick={() => onJump(quoted.version)} className={`${look} rounded-sm hover:text-ink`}>
      <CornerUpLeft aria-hidden className="size-3.5 shrink-0" />
      <span className="sr-only">In reply to</span>
      <span className="shrink-0 font-medium">{authorOf(quoted.authorId).name}</span>
      <span className="truncate">{excerptOf(quoted.body)}</span>
    </button>
  )
}
