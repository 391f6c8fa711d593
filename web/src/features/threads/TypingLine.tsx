import type { Author } from './MessageRow'
import { typingText } from './typing'
import { useTyping } from './use-typing'

interface TypingLineProps {
  threadId: string
  me: string
  authorOf: (userId: string | null) => Author
}

/** Who else is writing just now. It has a place of its own, so that nothing moves when it comes and goes. */
export function TypingLine({ threadId, me, authorOf }: TypingLineProps) {
  const typing = useTyping(threadId, me)
  return (
    <p role="status" aria-label="Typing" className="h-5 shrink-0 truncate px-5 text-xs text-ink-soft max-sm:px-3">
      {typing.length > 0 && (
        <>
          <span aria-hidden className="mr-1.5 inline-block size-1.5 animate-pulse rounded-full bg-accent-ink" />
          {typingText(typing.map((id) => authorOf(id).name))}
        </>
      )}
    </p>
  )
}
