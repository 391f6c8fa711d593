import type { Message } from '@/api/types'

/** What a reaction's change says (docs/protocol.md, Reactions). */
export interface ReactionData {
  messageId: string
  emoji: string
  userId: string
}

const inOrder = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** A message after somebody reacted or took it back; one that is so already stays as it is. */
export function withReaction(message: Message, { emoji, userId }: ReactionData, op: 'create' | 'delete'): Message {
  const group = message.reactions.find((known) => known.emoji === emoji)
  const has = group?.userIds.includes(userId) === true
  if (has === (op === 'create')) return message
  const others = message.reactions.filter((known) => known !== group)
  const users = (group?.userIds ?? []).filter((id) => id !== userId)
  const userIds = op === 'create' ? [...users, userId].sort(inOrder) : users
  const reactions = userIds.length > 0 ? [...others, { emoji, userIds }] : others
  return { ...message, reactions: reactions.sort((one, other) => inOrder(one.emoji, other.emoji)) }
}

/** What most people answer with; the first few need no search. */
export const emojis: readonly { emoji: string; name: string }[] = [
  { emoji: '👍', name: 'Thumbs up' },
  { emoji: '❤️', name: 'Heart' },
  { emoji: '🎉', name: 'Party' },
  { emoji: '😂', name: 'Tears of joy' },
  { emoji: '👀', name: 'Looking' },
  { emoji: '✅', name: 'Done' },
  { emoji: '🙏', name: 'Thank you' },
  { emoji: '🚀', name: 'Rocket' },
  { emoji: '🔥', name: 'Fire' },
  { emoji: '💯', name: 'Hundred' },
  { emoji: '👏', name: 'Applause' },
  { emoji: '🙌', name: 'Hooray' },
  { emoji: '💪', name: 'Strong' },
  { emoji: '🤝', name: 'Deal' },
  { emoji: '👋', name: 'Hello' },
  { emoji: '👎', name: 'Thumbs down' },
  { emoji: '😀', name: 'Smile' },
  { emoji: '😊', name: 'Happy' },
  { emoji: '😍', name: 'Love it' },
  { emoji: '🤔', name: 'Thinking' },
  { emoji: '😮', name: 'Surprised' },
  { emoji: '😢', name: 'Sad' },
  { emoji: '😅', name: 'Phew' },
  { emoji: '🤯', name: 'Mind blown' },
  { emoji: '⭐', name: 'Star' },
  { emoji: '💡', name: 'Idea' },
  { emoji: '⚠️', name: 'Warning' },
  { emoji: '❓', name: 'Question' },
  { emoji: '⏳', name: 'Waiting' },
  { emoji: '📌', name: 'Pinned' },
  { emoji: '☕', name: 'Coffee' },
  { emoji: '🎂', name: 'Cake' },
]
