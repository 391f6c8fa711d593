import { describe, expect, it } from 'vitest'
import { withReaction } from './reactions'
import { message as messageAt } from './testing'

const of = (emoji: string, userId: string) => ({ messageId: 'm', emoji, userId })

describe('withReaction', () => {
  it('gathers people by emoji, in one order whatever came first', () => {
    const one = [of('🎉', 'bob'), of('❤️', 'ada'), of('🎉', 'ada')].reduce(
      (m, r) => withReaction(m, r, 'create'),
      messageAt(1),
    )
    const other = [of('❤️', 'ada'), of('🎉', 'ada'), of('🎉', 'bob')].reduce(
      (m, r) => withReaction(m, r, 'create'),
      messageAt(1),
    )
    expect(one.reactions).toEqual([
      { emoji: '❤️', userIds: ['ada'] },
      { emoji: '🎉', userIds: ['ada', 'bob'] },
    ])
    expect(other.reactions).toEqual(one.reactions)
  })

  it('does the same once, however often it is told', () => {
    const once = withReaction(messageAt(1), of('👍', 'ada'), 'create')
    expect(withReaction(once, of('👍', 'ada'), 'create')).toBe(once)
    const none = withReaction(once, of('👍', 'ada'), 'delete')
    expect(none.reactions).toEqual([])
    expect(withReaction(none, of('👍', 'ada'), 'delete')).toBe(none)
  })
})
