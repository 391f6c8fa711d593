import { expect, it, vi } from 'vitest'
import { newId } from './ids'
import { withFakes } from './testing/setup'

withFakes()

it('makes version 7 ids that sort by time', () => {
  vi.setSystemTime(1_795_000_000_000)
  const first = newId()
  vi.setSystemTime(1_795_000_000_001)
  const second = newId()
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(1_795_000_000_000)
  expect(second > first).toBe(true)
})
