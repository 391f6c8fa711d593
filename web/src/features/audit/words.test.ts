import { expect, it } from 'vitest'
import { inWords, workspaceActions, workspaceResources } from './words'

it('says what it knows in words and takes the rest apart', () => {
  expect(inWords('member.changed')).toBe('Role changed')
  expect(inWords('page.moved_up')).toBe('Page moved up')
})

it('offers for a workspace what happens in workspaces', () => {
  expect(workspaceActions).toContain('member.removed')
  expect(workspaceActions).not.toContain('session.started')
  expect(workspaceResources).toEqual(['workspace', 'member', 'invitation', 'thread', 'message', 'audit'])
})
