import { describe, expect, it } from 'vitest'
import type { WorkspaceExport } from '@/api/types'
import { withProgress } from './progress'

const one = (jobId: string, state: string): WorkspaceExport => ({
  id: `of ${jobId}`,
  workspaceId: 'w',
  jobId,
  state,
  requestedBy: null,
  requestedByName: null,
  progress: null,
  note: null,
  error: null,
  bytes: null,
  counts: null,
  readyAt: null,
  createdAt: '2026-11-27T10:00:00.000Z',
  expiresAt: '2026-12-04T10:00:00.000Z',
})

describe('the progress of archives', () => {
  it('goes to the one whose job it is', () => {
    const after = withProgress([one('a', 'waiting'), one('b', 'running')], {
      id: 'a',
      state: 'running',
      progress: 40,
      note: 'messages',
    })
    expect(after.map(({ state, progress, note }) => [state, progress, note])).toEqual([
      ['running', 40, 'messages'],
      ['running', null, null],
    ])
  })

  it('does not take one back that is ready, and leaves the list as it is for other jobs', () => {
    const known = [one('a', 'ready')]
    expect(withProgress(known, { id: 'a', state: 'running', progress: 99 })).toBe(known)
    expect(withProgress(known, { id: 'z', state: 'running', progress: 1 })).toBe(known)
  })
})
