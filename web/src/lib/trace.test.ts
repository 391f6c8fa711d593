import { expect, it } from 'vitest'
import { Tracer } from './trace'

it('keeps nothing while it is off', () => {
  const tracer = new Tracer()
  tracer.frame('out', '{}')
  expect(tracer.entries.get()).toEqual([])
})

it('keeps the last 300 and no token', () => {
  const tracer = new Tracer()
  tracer.isOn = true
  tracer.frame('out', '{"payload":{"token":"secret","client":"web"}}')
  expect(tracer.entries.get()[0]).toMatchObject({ text: '{"payload":{"token":"…","client":"web"}}' })
  for (let i = 0; i < 400; i++) tracer.frame('in', `${i}`)
  expect(tracer.entries.get()).toHaveLength(300)
  expect(tracer.entries.get().at(-1)).toMatchObject({ text: '399' })
})
