import { backoff } from './backoff'
import { Problem } from './problem'
import { Store } from './store'
import { noTabs, type Tabs } from './tabs/session-tabs'

export interface Grant {
  accessToken: string
  /** Seconds from now. */
  expiresIn: number
}

/** `unknown` until the first renewal has told whether this browser holds a session. */
export type SignIn = 'unknown' | 'signed-in' | 'signed-out'

interface Token {
  value: string
  /** By this machine's clock, counted from the moment of receipt: a wrong clock does no harm. */
  expiresAt: number
}

/** How long before its end a token is renewed; shorter tokens are renewed at four fifths of their life. */
const RENEW_AHEAD = 60_000
/** Another tab of the same browser answers in milliseconds, if it is not asleep. */
const ANSWER_WITHIN = 500
/** A token that is to be renewed in this moment is renewed by whoever comes first. */
const WORTH_HANDING_OVER = 5_000

/**
 * The access token, in memory only (AU-2), and its renewal by the refresh cookie: ahead of expiry, and once for all
 * who wait, in this tab and in the others of this browser (AU-3).
 */
export class Credentials {
  readonly signIn = new Store<SignIn>('unknown')
  readonly #renewGrant: () => Promise<Grant>
  readonly #listeners = new Set<(token: string) => void>()
  #token: Token | undefined
  #assumed: string | undefined
  #renewal: Promise<string> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  /** Counts sign-ins and sign-outs, so that a renewal begun before one cannot undo it. */
  #generation = 0
  readonly #tabs: Tabs
  /** Ends the wait for one's turn to renew: another tab has done it. */
  #othersTurn: AbortController | undefined

  constructor(renewGrant: () => Promise<Grant>, tabs: Tabs = noTabs) {
    this.#renewGrant = renewGrant
    this.#tabs = tabs
    tabs.listen((message) => {
      if (message.kind === 'ended') this.#forget()
      else if (message.kind === 'asking') this.#handOver()
      else this.#takeFromOtherTab(message.grant)
    })
  }

  /** Finds out whether this browser holds a session: from another tab of it, or by renewing. */
  async start(): Promise<void> {
    if (await this.#tabs.hasOthers()) {
      const handedOver = new Promise<void>((done) => {
        const leave = this.signIn.subscribe(done)
        setTimeout(() => {
          leave()
          done()
        }, ANSWER_WITHIN)
      })
      this.#tabs.tell({ kind: 'asking' })
      await handedOver
    }
    if (this.signIn.get() === 'unknown') await this.renew()
  }

  /** Takes what signing in or up answered. */
  accept(grant: Grant): void {
    this.#generation++
    this.#keep(grant)
    this.#tabs.tell({ kind: 'granted', grant })
  }

  /** Without a network: this person was signed in here last, and may read and write on until the server says otherwise. */
  assume(userId: string): void {
    if (this.signIn.get() !== 'unknown') return
    this.#assumed = userId
    this.signIn.set('signed-in')
  }

  /** Forgets the session on this device; ending it on the server is the caller's business. */
  clear(): void {
    this.#forget()
    this.#tabs.tell({ kind: 'ended' })
  }

  #handOver(): void {
    const left = (this.#token?.expiresAt ?? 0) - Date.now()
    if (this.#token && left > WORTH_HANDING_OVER)
      this.#tabs.tell({ kind: 'granted', grant: { accessToken: this.#token.value, expiresIn: left / 1000 } })
  }

  #takeFromOtherTab(grant: Grant): void {
    // Somebody else has signed in there, and the cookie is theirs now: nothing of the one before may stay here.
    if (this.#token && subjectOf(this.#token.value) !== subjectOf(grant.accessToken)) this.#forget()
    this.#generation++
    this.#keep(grant)
    this.#othersTurn?.abort()
  }

  #forget(): void {
    this.#generation++
    clearTimeout(this.#timer)
    this.#token = undefined
    this.#assumed = undefined
    this.#renewal = undefined
    this.signIn.set('signed-out')
  }

  /** A token that is good for at least a moment, renewed if need be. */
  async token(): Promise<string> {
    if (this.signIn.get() === 'signed-out') throw new Problem('unauthenticated', 'You are signed out.', { status: 401 })
    if (this.#token && this.#token.expiresAt > Date.now()) return this.#token.value
    return this.renew()
  }

  /** Who is signed in: the subject of the token. */
  get userId(): string | undefined {
    return this.#token ? subjectOf(this.#token.value) : this.#assumed
  }

  renew(): Promise<string> {
    this.#renewal ??= this.#renewOnce().finally(() => (this.#renewal = undefined))
    return this.#renewal
  }

  /** Calls back with each new token: an open socket takes it in place. */
  onToken(listener: (token: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #renewOnce(): Promise<string> {
    const generation = this.#generation
    const othersTurn = (this.#othersTurn = new AbortController())
    try {
      return await this.#tabs.alone(() => this.#renewNow(generation), othersTurn.signal)
    } catch (error) {
      if (othersTurn.signal.aborted && this.#token) return this.#token.value
      if (generation === this.#generation) this.#renewalFailed(error)
      throw error
    }
  }

  async #renewNow(generation: number): Promise<string> {
    // While this one waited for its turn another tab brought a token.
    if (generation !== this.#generation && this.#token) return this.#token.value
    const grant = await this.#renewGrant()
    if (generation === this.#generation) {
      this.#keep(grant)
      this.#tabs.tell({ kind: 'granted', grant })
    }
    return this.#token?.value ?? grant.accessToken
  }

  #keep(grant: Grant): void {
    const life = grant.expiresIn * 1000
    const assumed = this.#assumed
    // The session turned out to be somebody else's: nothing of the one before may stay.
    if (assumed !== undefined && assumed !== subjectOf(grant.accessToken)) this.signIn.set('signed-out')
    this.#assumed = undefined
    this.#failures = 0
    this.#token = { value: grant.accessToken, expiresAt: Date.now() + life }
    this.#schedule(Math.max(life * 0.8, life - RENEW_AHEAD))
    this.signIn.set('signed-in')
    for (const listener of this.#listeners) listener(grant.accessToken)
  }

  #renewalFailed(error: unknown): void {
    if (error instanceof Problem && error.status === 401) this.clear()
    // Unreachable or overloaded: the session may well be alive, so it is tried again and nobody is signed out.
    else this.#schedule(backoff(this.#failures++))
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.renew().catch(() => undefined), delay)
  }
}

/** Reads the claim without checking the signature: this side only names its own storage after it. */
function subjectOf(jwt: string): string | undefined {
  try {
    const claims = JSON.parse(atob((jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as {
      sub?: unknown
    }
    return typeof claims.sub === 'string' ? claims.sub : undefined
  } catch {
    return undefined
  }
}
