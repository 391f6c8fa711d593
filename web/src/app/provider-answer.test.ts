import { expect, it } from 'vitest'
import { providerAnswer } from './provider-answer'

it('takes the code as it came, also one that looks like a number', () => {
  expect(providerAnswer('?code=123456789012345678901234567890&state=1e5')).toEqual({
    code: '123456789012345678901234567890',
    state: '1e5',
  })
})

it('takes nothing else of the address', () => {
  expect(providerAnswer('?error=access_denied&iss=https%3A%2F%2Flogin.example&next=%2Fevil')).toEqual({
    error: 'access_denied',
  })
})
