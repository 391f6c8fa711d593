import { expect, it } from 'vitest'
import { auditFilters, queryOf } from './filters'

it('takes from the address what it knows and leaves out what is empty', () => {
  expect(auditFilters({ action: ' member.added ', actor: '', resourceId: 7, page: 'x', from: ['2026-01-01'] })).toEqual(
    {
      action: 'member.added',
      resourceId: '7',
    },
  )
})

it('asks from the beginning of the first day to the end of the last', () => {
  expect(queryOf({ from: '2026-02-28', to: '2026-02-28', action: 'a' })).toEqual({
    action: 'a',
    from: new Date(2026, 1, 28).toISOString(),
    to: new Date(2026, 2, 1).toISOString(),
  })
  expect(queryOf({ from: 'soon' })).toMatchObject({ from: undefined })
})
