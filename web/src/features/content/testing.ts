import type { ContentItem } from '@/api/types'
import type { Outgoing } from '@/lib/outbox'

/** Content and wishes for tests. */

export const item = (id: string, more: Partial<ContentItem> = {}): ContentItem => ({
  id,
  workspaceId: 'w',
  kind: 'post',
  status: 'draft',
  title: id,
  excerpt: '',
  labels: [],
  assigneeId: null,
  media: [],
  variants: [],
  plannedAt: null,
  threadId: null,
  version: 1,
  document: 0,
  head: 0,
  hash: 'hash',
  approval: null,
  createdBy: 'ada',
  createdAt: '2026-11-21T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
  ...more,
})

export const wish = (data: Outgoing['data'], more: Partial<Outgoing> = {}): Outgoing => ({
  channel: 'content:a',
  op: 'update',
  resource: 'content',
  resourceId: 'a',
  data,
  id: 'o',
  writtenAt: Date.UTC(2026, 10, 21, 13),
  order: 0,
  ...more,
})
