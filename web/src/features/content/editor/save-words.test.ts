import { expect, it } from 'vitest'
import { saveWords } from './save-words'

const calm = { isConnected: true, mayWrite: true, isIdle: false, isUnkept: false }

it('says where what is written is', () => {
  const words = (waiting: number, change: Partial<typeof calm> = {}) =>
    saveWords({ phase: 'open', waiting }, { ...calm, ...change }).words
  expect(words(0)).toBe('Saved')
  expect(words(2)).toBe('Saving…')
  expect(words(1, { isConnected: false })).toBe('1 change waiting on this device')
  expect(words(3, { isConnected: false })).toBe('3 changes waiting on this device')
  expect(words(0, { isConnected: false })).toBe('Offline, all changes saved')
  expect(words(3, { isConnected: false, isUnkept: true })).toBe('Not kept on this device: stay on this page')
  expect(words(0, { mayWrite: false })).toBe('View only')
  expect(words(0, { isIdle: true })).toBe('Saved. You are idle: others do not see you here')
})
