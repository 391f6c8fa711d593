import { ChangeSet, Text } from '@codemirror/state'
import { expect, it } from 'vitest'
import { Random } from '@/lib/testing/random'
import { Replica } from './replica'
import { changesBetween, inPieces, textOf, wellFormed } from './text-changes'

const LIMITS = { units: 100, places: 100 }
const text = (words: string) => textOf(words)
const insert = (at: number, words: string, length: number) => ChangeSet.of({ from: at, insert: text(words) }, length)

it('makes one step of all that is typed while another one is on its way', () => {
  const replica = new Replica(0, text(''))
  replica.typed('me', insert(0, 'a', 0), true)
  expect(replica.send(LIMITS)).toHaveLength(1)
  replica.typed('me', insert(1, 'b', 1), false)
  replica.typed('me', insert(2, 'c', 2), true)
  expect(replica.unconfirmed.map(({ count, isSent }) => [count, isSent])).toEqual([
    [1, true],
    [2, false],
  ])

  const { changes } = replica.receive([{ clientID: 'me', changes: [[0, 'a']] }])
  expect(changes.empty).toBe(true)
  expect(replica.confirmed.toString()).toBe('a')
  expect(replica.send(LIMITS).map((step) => step.changes.toJSON() as unknown)).toEqual([[1, [0, 'bc']]])
})

it('follows the server where it fitted a step in otherwise than it was done here', () => {
  const replica = new Replica(0, text('abcdef'))
  replica.typed('me', insert(1, 'X', 6), true)
  replica.send(LIMITS)
  replica.typed('me', insert(7, '!', 7), true)
  // Somebody deletes at the place, then somebody writes there: one after the other that leads elsewhere than at once.
  const theirs = [
    { clientID: 'o', changes: [1, [2], 3] },
    { clientID: 'o', changes: [1, [0, 'Y'], 3] },
  ]
  expect(replica.receive(theirs).changes.newLength).toBe(replica.text.length)
  expect(replica.text.toString()).toBe('aYXdef!')

  replica.receive([{ clientID: 'me', changes: [1, [0, 'X'], 4] }])
  expect(replica.confirmed.toString()).toBe('aXYdef')
  expect(replica.text.toString()).toBe('aXYdef!')
})

it('OB16 goes on from a text whose steps are not known, with what is unconfirmed on top', () => {
  const replica = new Replica(3, text('One two three'))
  replica.typed('me', insert(13, ' four', 13), true)
  replica.send(LIMITS)
  replica.accepted()
  replica.typed('me', insert(0, 'Zero ', 18), true)
  const before = replica.text
  const changes = replica.jump(9, text('One two and a half three four'))
  expect(changes.apply(before).toString()).toBe('Zero One two and a half three four')
  expect([replica.version, replica.text.toString()]).toEqual([9, 'Zero One two and a half three four'])
  expect(replica.unconfirmed).toHaveLength(1)
})

it('cuts a change into pieces that make the same of a text, and no pair of surrogates', () => {
  const random = new Random(7)
  for (let round = 0; round < 300; round++) {
    const before = text('ab\ncd '.repeat(1 + random.below(20)))
    const changes = Array.from({ length: 1 + random.below(6) }, () => {
      const from = random.below(before.length)
      const to = Math.min(before.length, from + random.below(4))
      return ChangeSet.of({ from, to, insert: text('😀x\n'.repeat(random.below(30))) }, before.length)
    }).reduce((all, one) => all.compose(one.map(all)))
    const pieces = inPieces(changes, { units: 1 + random.below(20), places: 1 + random.below(3) })
    const after = pieces.reduce((now, piece) => piece.apply(now), before)
    expect(after.toString()).toBe(changes.apply(before).toString())
    for (const piece of pieces)
      piece.iterChanges((_, __, ___, ____, inserted) => {
        expect(/\p{Surrogate}/u.test(inserted.toString())).toBe(false)
      })
  }
})

it('sends as much at once as goes into a message, and the rest after it', () => {
  const replica = new Replica(0, text(''))
  replica.typed('me', insert(0, 'x'.repeat(250), 0), true)
  expect(replica.send(LIMITS).map(({ changes }) => changes.newLength)).toEqual([100])
  expect(replica.send(LIMITS), 'and until that is confirmed nothing else').toHaveLength(1)
  replica.receive([{ clientID: 'me', changes: [[0, 'x'.repeat(100)]] }])
  expect(replica.send(LIMITS)[0]?.changes.newLength).toBe(200)
  expect(replica.text.length).toBe(250)
})

it('compares texts by words, also long ones', () => {
  const random = new Random(3)
  const words = (count: number) => Array.from({ length: count }, () => `w${random.below(50)} `)
  for (const count of [0, 1, 20, 3_000]) {
    const [one, other] = [words(count), words(count)]
    const before = Text.of(one.join('').split('w7 '))
    const after = text(other.join(''))
    expect(changesBetween(before, after).apply(before).eq(after)).toBe(true)
  }
  const change = changesBetween(text('The old cat sleeps'), text('The old dog sleeps'))
  expect(change.toJSON()).toEqual([8, [4, 'dog '], 6])
})

it('knows half a pair of surrogates for what it is', () => {
  expect(wellFormed('a\ud83db😀\ufeff')).toBe('a\ufffdb😀\ufeff')
})
