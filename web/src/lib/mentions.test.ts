import { describe, expect, it } from 'vitest'
import { matching, mentionedBy, mentionedIn, mentionOf, queryAt, readable, withMentions } from './mentions'

const ada = { id: '01a1fc6c-23ed-71d8-8b51-1aa9aecbd68e', name: 'Ada' }
const adaL = { id: '01a1fc6c-23ed-71d8-8b51-1aa9aecbd68f', name: 'Ada Lovelace' }
const bob = { id: '01a1fc6c-23ed-71d8-8b51-1aa9aecbd690', name: 'Bob [QA]' }

describe('mentions', () => {
  it('turns names into links to people and back, the longest name first', () => {
    const body = withMentions('@Ada and @ada lovelace, ask (@Ada)!', [ada, adaL])
    expect(body).toBe(`${mentionOf(ada)} and ${mentionOf(adaL)}, ask (${mentionOf(ada)})!`)
    expect(readable(body)).toBe('@Ada and @Ada Lovelace, ask (@Ada)!')
    expect(mentionedIn(body)).toEqual([ada.id, adaL.id, ada.id])
  })

  it('leaves addresses, longer words and mentions that stand already', () => {
    expect(withMentions('mail@Ada.org @Adam', [ada])).toBe('mail@Ada.org @Adam')
    expect(withMentions(mentionOf(ada), [ada])).toBe(mentionOf(ada))
  })

  it('takes out of a name what would end the link', () => {
    expect(mentionedIn(mentionOf(bob))).toEqual([bob.id])
    expect(readable(mentionOf(bob))).toBe('@Bob QA')
  })

  it('knows its own links', () => {
    expect(mentionedBy(`user:${ada.id}`)).toBe(ada.id)
    expect(mentionedBy('https://example.org')).toBeUndefined()
  })

  it('finds what is being typed', () => {
    expect(queryAt('Hi @Ad', 6)).toEqual({ at: 3, query: 'Ad' })
    expect(queryAt('@', 1)).toEqual({ at: 0, query: '' })
    expect(queryAt('@Ada Lo', 7)).toEqual({ at: 0, query: 'Ada Lo' })
    expect(queryAt('a@b', 3)).toBeUndefined()
    expect(queryAt('@Ada is here', 12)).toBeUndefined()
    expect(queryAt('@Ada\nhello', 10)).toBeUndefined()
  })

  it('offers whose name begins so first', () => {
    expect(matching([adaL, bob, ada], 'a').map(({ name }) => name)).toEqual(['Ada', 'Ada Lovelace'])
    expect(matching([adaL, bob, ada], 'lov').map(({ name }) => name)).toEqual(['Ada Lovelace'])
  })
})
