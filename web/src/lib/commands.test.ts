import { afterEach, describe, expect, it, vi } from 'vitest'
import { Commands, score } from './commands'

const press = (key: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...more })

afterEach(() => document.body.replaceChildren())

describe('the keys of commands', () => {
  it('run the command and keep the browser from doing something else', () => {
    const commands = new Commands()
    const run = vi.fn()
    commands.register([{ id: 'menu', title: 'Open menu', section: 'General', keys: ['Mod+K'], run }])
    const event = press('k', { ctrlKey: true })
    expect(commands.handle(event)).toBe(true)
    expect(event.defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledOnce()
  })

  it('do nothing without their modifiers, or with others', () => {
    const commands = new Commands()
    commands.register([{ id: 'menu', title: 'Open menu', section: 'General', keys: ['Mod+K'], run: vi.fn() }])
    expect(commands.handle(press('k'))).toBe(false)
    expect(commands.handle(press('k', { ctrlKey: true, altKey: true }))).toBe(false)
    expect(commands.handle(press('K', { ctrlKey: true, shiftKey: true }))).toBe(false)
  })

  it('that are a single sign leave somebody who types alone', () => {
    const commands = new Commands()
    const run = vi.fn()
    commands.register([{ id: 'new', title: 'New', section: 'General', keys: ['N', '?'], run }])
    const input = document.body.appendChild(document.createElement('input'))
    input.addEventListener('keydown', (event) => commands.handle(event))
    input.dispatchEvent(press('n'))
    input.dispatchEvent(press('?', { shiftKey: true }))
    expect(run).not.toHaveBeenCalled()
    document.body.addEventListener('keydown', (event) => commands.handle(event))
    document.body.dispatchEvent(press('?', { shiftKey: true }))
    expect(run).toHaveBeenCalledOnce()
  })

  it('belong to the newest command that claims them, and go back when it leaves', () => {
    const commands = new Commands()
    const general = vi.fn()
    const special = vi.fn()
    commands.register([{ id: 'a', title: 'A', section: 'General', keys: ['R'], run: general }])
    const leave = commands.register([{ id: 'b', title: 'B', section: 'Here', keys: ['R'], run: special }])
    commands.handle(press('r'))
    leave()
    commands.handle(press('r'))
    expect([special.mock.calls.length, general.mock.calls.length]).toEqual([1, 1])
  })

  it('do not repeat while held down, and leave an input method alone', () => {
    const commands = new Commands()
    commands.register([{ id: 'a', title: 'A', section: 'General', keys: ['R'], run: vi.fn() }])
    expect(commands.handle(press('r', { repeat: true }))).toBe(false)
    expect(commands.handle(press('r', { isComposing: true }))).toBe(false)
  })
})

describe('looking for a command', () => {
  const command = { title: 'Switch to dark theme', section: 'Appearance', keywords: 'night colour' }

  it.each([
    ['', 1],
    ['sw', 4],
    ['dark', 3],
    ['witch', 2],
    ['night', 1],
    ['light', 0],
    ['dark night', 4],
    ['dark light', 0],
  ])('%o scores %i', (query, expected) => expect(score(command, query)).toBe(expected))
})
