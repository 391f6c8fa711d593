import type { Message, Thread } from '@/api/types'

/** Threads and messages for tests. */

export const message = (version: number, more: Partial<Message> = {}): Message => ({
  id: `m${version}`,
  threadId: 't',
  authorId: 'ada',
  body: `message ${version}`,
  replyTo: null,
  attachments: [],
  reactions: [],
  version,
  createdAt: new Date(Date.UTC(2026, 10, 21, 12, version)).toISOString(),
  editedAt: null,
  ...more,
})

export const thread = (id: string, more: Partial<Thread> = {}): Thread => ({
  id,
  workspaceId: 'w',
  title: id,
  archived: false,
  participants: null,
  version: 1,
  head: 0,
  unread: null,
  mentions: null,
  readTo: null,
  firstUnread: null,
  lastMessageAt: null,
  createdBy: null,
  createdAt: `2026-11-21T12:00:0${id.length}.000Z`,
  ...more,
})
