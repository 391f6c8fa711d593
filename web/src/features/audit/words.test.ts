import { expect, it } from 'vitest'
import { allActions, inWords, resourcesOf, workspaceActions } from './words'

it('says what it knows in words and takes the rest apart', () => {
  expect(inWords('member.changed')).toBe('Role changed')
  expect(inWords('page.moved_up')).toBe('Page moved up')
})

it('offers for a workspace what happens in workspaces', () => {
  expect(workspaceActions).toContain('member.removed')
  expect(workspaceActions).not.toContain('session.started')
  expect(resourcesOf(workspaceActions)).toEqual([
    'workspace',
    'member',
    'invitation',
    'thread',
    'message',
    'content',
    'comment',
    'audit',
  ])
})

it('offers for the installation what happens to accounts too', () => {
  expect(allActions).toContain('session.started')
  expect(resourcesOf(allActions)).toContain('identity')
})
