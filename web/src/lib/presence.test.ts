import { describe, expect, it } from 'vitest'
import { withPresence } from './presence'

const of = (...ids: string[]) => ids.map((userId) => ({ userId }))

describe('withPresence', () => {
  it('takes the state, then who comes and goes', () => {
    const state = withPresence(new Set(['old']), { op: 'presence', state: of('ada', 'bob') })
    expect([...(state ?? [])]).toEqual(['ada', 'bob'])
    const next = withPresence(state ?? new Set(), {
      op: 'presence',
      join: of('carol', 'ada'),
      leave: of('bob', 'nobody'),
    })
    expect([...(next ?? [])]).toEqual(['ada', 'carol'])
  })

  it('leaves everything else alone', () => {
    expect(withPresence(new Set(['ada']), { op: 'typing', userId: 'bob' })).toBeUndefined()
  })
})
