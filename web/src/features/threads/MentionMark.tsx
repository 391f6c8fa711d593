import type { ReactNode } from 'react'
import { cx } from '@/components/cx'
import { credentials } from '@/lib/client'

/** Somebody's name in a message; one's own stands out. */
export function MentionMark({ userId, children }: { userId: string; children: ReactNode }) {
  const isMe = userId === credentials.userId
  return (
    <span
      data-mention={isMe ? 'me' : ''}
      className={cx(
        'rounded-sm px-0.5 font-medium',
        isMe ? 'bg-warning-ground text-warning' : 'bg-selected text-ink-selected',
      )}
    >
      {children}
    </span>
  )
}
