import { beforeEach, expect, it } from 'vitest'
import { applyPreferences, preferences, readPreferences } from './preferences'

beforeEach(() => localStorage.clear())

it('has a default for everything', () => {
  expect(readPreferences({})).toEqual({
    theme: 'system',
    density: 'comfortable',
    locale: '',
    timeZone: '',
    weekStart: 'locale',
    enterSends: true,
  })
})

it('leaves out what it does not understand', () => {
  const read = readPreferences({
    theme: 'sepia',
    density: 7,
    locale: 'not a tag',
    timeZone: 'Mars/Olympus',
    enterSends: 1,
  })
  expect(read).toEqual(readPreferences({}))
})

it('applies to the page and stays on the device', () => {
  applyPreferences({ theme: 'dark', density: 'compact', timeZone: 'Europe/Berlin', enterSends: false })
  expect(document.documentElement.dataset).toMatchObject({ theme: 'dark', density: 'compact' })
  expect(preferences.get()).toMatchObject({ timeZone: 'Europe/Berlin', enterSends: false })
  expect(localStorage.getItem('renexus.theme')).toBe('dark')
  expect(localStorage.getItem('renexus.density')).toBe('compact')

  applyPreferences({ theme: 'system', density: 'comfortable' })
  expect(document.documentElement.dataset).not.toHaveProperty('theme')
  expect(document.documentElement.dataset).not.toHaveProperty('density')
})
