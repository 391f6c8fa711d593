import type { SyncResults } from '@/api/types'
import { Credentials, type Grant } from './credentials'
import { IndexedDbDocumentStore } from './documents/document-store'
import { Documents } from './documents/documents'
import { Drafts, type StoredDraft } from './drafts'
import { Http } from './http'
import { Outbox } from './outbox'
import { IndexedDbOutboxStore } from './outbox-store'
import { everyPage, type PageOf } from './paging'
import { Presences } from './presence'
import { Dialer } from './realtime/dialer'
import { Realtime } from './realtime/realtime'
import { Sharing } from './realtime/shared'
import { StepUp } from './step-up'
import { browserTabs } from './tabs/session-tabs'
import { Leadership } from './tabs/leadership'
import { gone, isAlive, tabId } from './tabs/liveness'
import { Tracer } from './trace'

/** This tab's way to its server, which it shares with the others of its browser; src/app starts and stops it with the sign-in. */

/** What the developer panel shows; it records only while it is on. */
export const tracer = new Tracer()

/** For what needs nobody signed in: signing in and up, renewing. */
export const anonymous = new Http(undefined, undefined, { tracer })

// The refresh token is in a cookie that scripts cannot see, so the body says nothing.
export const credentials = new Credentials(() => anonymous.post<Grant>('/api/auth/refresh', {}), browserTabs())

export const stepUp = new StepUp()

export const http = new Http(credentials, stepUp, { tracer })

/** Which of this browser's tabs speaks with the server, and sends what is written in any of them. */
export const leadership = new Leadership('renexus.leader')

const dialer = new Dialer(location.origin)

export const sharing = new Sharing({
  leadership,
  tab: tabId,
  dial: () => dialer.open(),
  tune: (person) => new BroadcastChannel(`renexus.wire.${person}`),
  gone,
})

export const realtime = new Realtime({
  open: () => (leadership.isShared ? sharing.open() : dialer.open()),
  client: 'web',
  credentials,
  tracer,
})

export const presences = new Presences(realtime)

export const outbox = new Outbox({
  realtime,
  store: new IndexedDbOutboxStore(),
  sync: (operations) => http.post<SyncResults>('/api/sync', { operations }),
  isLeader: leadership.isLeader,
})

export const documents = new Documents({
  realtime,
  outbox,
  store: new IndexedDbDocumentStore(),
  tab: tabId,
  isAlive,
  isLeader: leadership.isLeader,
  read: (path) => http.get(path),
})

export const drafts = new Drafts({
  person: () => credentials.userId,
  read: () => everyPage((cursor) => http.get<PageOf<StoredDraft>>('/api/me/drafts', { query: { limit: 200, cursor } })),
  readOne: (threadId) => http.get<StoredDraft>(`/api/threads/${threadId}/draft`),
  write: (threadId, { text, replyTo }, version) =>
    http.put<StoredDraft>(`/api/threads/${threadId}/draft`, { body: text, replyTo: replyTo ?? null }, { version }),
})
