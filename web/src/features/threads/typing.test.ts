import { describe, expect, it } from 'vitest'
import { typingText } from './typing'

describe('typingText', () => {
  it('names two and counts the others', () => {
    expect(typingText([])).toBe('')
    expect(typingText(['Ada'])).toBe('Ada is typing')
    expect(typingText(['Ada', 'Bob'])).toBe('Ada and Bob are typing')
    expect(typingText(['Ada', 'Bob', 'Carol'])).toBe('Ada, Bob and one other are typing')
    expect(typingText(['Ada', 'Bob', 'Carol', 'Dan'])).toBe('Ada, Bob and 2 others are typing')
  })
})
