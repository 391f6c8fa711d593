import { expect, it } from 'vitest'
import { sizeOf } from './bytes'

it('says sizes as file managers do', () => {
  expect([0, 999, 1500, 1_048_576, 250_000_000, 4_294_967_296].map(sizeOf)).toEqual([
    '0 B',
    '999 B',
    '1.5 KB',
    '1 MB',
    '250 MB',
    '4.3 GB',
  ])
})
