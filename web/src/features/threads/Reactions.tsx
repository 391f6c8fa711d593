import type { Message } from '@/api/types'
import { cx } from '@/components/cx'
import type { Author } from './MessageRow'
import { ReactionPicker } from './ReactionPicker'

interface ReactionsProps {
  message: Message
  me: string
  mayWrite: boolean
  authorOf: (userId: string | null) => Author
  onReact: (message: Message, emoji: string) => void
}

/** What people answered a message with; pressing one joins them or leaves them. */
export function Reactions({ message, me, mayWrite, authorOf, onReact }: ReactionsProps) {
  if (message.reactions.length === 0) return null
  return (
    <ul aria-label="Reactions" className="flex flex-wrap items-center gap-1 pt-1">
      {message.reactions.map(({ emoji, userIds }) => {
        const isMine = userIds.includes(me)
        const names = userIds.map((id) => (id === me ? 'you' : authorOf(id).name)).join(', ')
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={isMine}
              disabled={!mayWrite}
              title={names}
              aria-label={`${emoji} ${userIds.length}, ${names}`}
              onClick={() => onReact(message, emoji)}
              className={cx(
                'flex h-6 items-center gap-1 rounded-full border px-2 text-xs tabular-nums',
                isMine
                  ? 'border-accent-ink bg-selected text-ink-selected'
                  : 'border-line bg-surface text-ink-soft enabled:hover:border-line-control enabled:hover:text-ink',
              )}
            >
              <span aria-hidden>{emoji}</span>
              {userIds.length}
            </button>
          </li>
        )
      })}
      {mayWrite && (
        <li>
          <ReactionPicker label="Add a reaction" onPick={(emoji) => onReact(message, emoji)} />
        </li>
      )}
    </ul>
  )
}
