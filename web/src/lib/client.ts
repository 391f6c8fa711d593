import { Credentials, type Grant } from './credentials'
import { Http } from './http'
import { Outbox } from './outbox'
import { IndexedDbOutboxStore } from './outbox-store'
import { Realtime } from './realtime/realtime'
import { StepUp } from './step-up'
import { browserTabs } from './tabs'
import { Tracer } from './trace'

/** The one connection of this tab to its server; src/app starts and stops it with the sign-in. */

/** What the developer panel shows; it records only while it is on. */
export const tracer = new Tracer()

/** For what needs nobody signed in: signing in and up, renewing. */
export const anonymous = new Http(undefined, undefined, { tracer })

// The refresh token is in a cookie that scripts cannot see, so the body says nothing.
export const credentials = new Credentials(() => anonymous.post<Grant>('/api/auth/refresh', {}), browserTabs())

export const stepUp = new StepUp()

export const http = new Http(credentials, stepUp, { tracer })

export const realtime = new Realtime({
  url: `${location.origin.replace(/^http/, 'ws')}/ws`,
  client: 'web',
  credentials,
  tracer,
})

export const outbox = new Outbox({ realtime, store: new IndexedDbOutboxStore() })
