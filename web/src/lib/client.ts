import { Credentials, type Grant } from './credentials'
import { Http } from './http'
import { Outbox } from './outbox'
import { IndexedDbOutboxStore } from './outbox-store'
import { Realtime } from './realtime/realtime'
import { StepUp } from './step-up'
import { browserTabs } from './tabs'

/** The one connection of this tab to its server; src/app starts and stops it with the sign-in. */

/** For what needs nobody signed in: signing in and up, renewing. */
export const anonymous = new Http()

// The refresh token is in a cookie that scripts cannot see, so the body says nothing.
export const credentials = new Credentials(() => anonymous.post<Grant>('/api/auth/refresh', {}), browserTabs())

export const stepUp = new StepUp()

export const http = new Http(credentials, stepUp)

export const realtime = new Realtime({
  url: `${location.origin.replace(/^http/, 'ws')}/ws`,
  client: 'web',
  credentials,
})

export const outbox = new Outbox({ realtime, store: new IndexedDbOutboxStore() })
