import { describe, expect, it } from 'vitest'
import { piecesOf } from './highlights'

describe('piecesOf', () => {
  it('cuts a text at what was found', () => {
    expect(
      piecesOf('🎉 plan the plans', [
        { start: 3, length: 4 },
        { start: 12, length: 5 },
      ]),
    ).toEqual([
      { text: '🎉 ', isFound: false },
      { text: 'plan', isFound: true },
      { text: ' the ', isFound: false },
      { text: 'plans', isFound: true },
    ])
    expect(piecesOf('nothing', [])).toEqual([{ text: 'nothing', isFound: false }])
    expect(piecesOf('', [])).toEqual([])
  })
})
