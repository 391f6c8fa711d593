import type { LoggedIn, User } from '@/api/types'
import { Batching, type BatchingOptions } from './batching'
import { ContentApi } from './content-api'
import { Credentials, type Grant } from './credentials'
import { FilesApi } from './files-api'
import { Http } from './http'
import { Problem } from './problem'
import { Dialer } from './realtime/dialer'
import { Realtime } from './realtime/realtime'
import { Store } from './store'

export interface RenexusOptions {
  /** The server's address, such as https://renexus.example. */
  server: string
  /** Names this program to the server, which shows it among its connections. */
  client?: string
  /** What was kept of an earlier sign-in: goes on with it, without a password. */
  refreshToken?: string
  /** Gathers the calls of a moment into one request; left out, each goes alone. */
  batching?: BatchingOptions
}

export interface SignInInput {
  email: string
  password: string
  /** Of the second factor, where the account has one. */
  code?: string
}

/**
 * A program's access to one Renexus server: calls, and a real-time connection that heals itself. It needs `fetch` and
 * `WebSocket` of its platform and nothing else.
 */
export class Renexus {
  /** Each is good once: keep the newest one to go on after a restart of the program. */
  readonly refreshToken: Store<string | undefined>
  readonly credentials: Credentials
  readonly http: Http
  readonly realtime: Realtime
  readonly content: ContentApi
  readonly files: FilesApi
  readonly #anonymous: Http

  constructor({ server, client = 'sdk', refreshToken, batching }: RenexusOptions) {
    const origin = new URL(server).origin
    this.refreshToken = new Store(refreshToken)
    this.#anonymous = new Http(undefined, undefined, { server: origin })
    this.credentials = new Credentials(() => this.#renew())
    this.http = new Http(this.credentials, undefined, {
      server: origin,
      fetch: batching && new Batching(batching).fetch,
    })
    this.content = new ContentApi(this.http)
    this.files = new FilesApi(this.http, origin)
    const dialer = new Dialer(origin)
    this.realtime = new Realtime({ open: () => dialer.open(), client, credentials: this.credentials })
  }

  async signIn(input: SignInInput): Promise<User> {
    const { user, ...grant } = await this.#anonymous.post<LoggedIn & RefreshGrant>('/api/auth/login', input)
    this.#accept(grant)
    this.credentials.accept(grant)
    return user
  }

  /** Ends the session on the server, and with it every token and connection it has. */
  async signOut(): Promise<void> {
    await this.http.post('/api/auth/logout')
    this.realtime.stop()
    this.refreshToken.set(undefined)
    this.credentials.clear()
  }

  /** Starts the real-time connection, and resolves when it is there for the first time. It comes back by itself. */
  connect(): Promise<void> {
    const { state } = this.realtime
    return new Promise((resolve, reject) => {
      const look = () => {
        const now = state.get()
        if (now.status === 'connected') resolve()
        else if (now.status === 'stopped') reject(new Problem('unavailable', `The server refused (${now.code}).`))
        else if (now.status === 'idle' && this.credentials.signIn.get() === 'signed-out')
          reject(new Problem('unauthenticated', 'You are signed out.', { status: 401 }))
        else return
        leave()
      }
      const leave = state.subscribe(look)
      this.realtime.start()
      look()
    })
  }

  async #renew(): Promise<Grant> {
    const refreshToken = this.refreshToken.get()
    if (refreshToken === undefined) throw new Problem('unauthenticated', 'Sign in first.', { status: 401 })
    const grant = await this.#anonymous.post<RefreshGrant>('/api/auth/refresh', { refreshToken })
    this.#accept(grant)
    return grant
  }

  #accept({ refreshToken }: RefreshGrant): void {
    this.refreshToken.set(refreshToken)
  }
}

interface RefreshGrant extends Grant {
  refreshToken: string
}
