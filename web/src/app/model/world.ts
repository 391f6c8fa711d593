import type { SyncOperation, SyncResult } from '@/api/types'
import type { Grant } from '@/lib/credentials'
import { Problem, Unreachable } from '@/lib/problem'
import type { ModelBrowser, ModelTab } from './model-browser'
import { ModelServer } from './model-server'
import type { ModelWire } from './model-wire'
import type { Random } from '@/lib/testing/random'

/** What an intent of a run was, for the judgement at its end. */
export interface Wish {
  tab: ModelTab
  channel: string
  order: number
  isKept: boolean
  /** Its person gave it up, decided otherwise, or asked for it anew: its place in the order is another one. */
  isGivenUp: boolean
  isAgain: boolean
  /** What it was made on top of. */
  follows?: string | undefined
  /** It settles a conflict. */
  isDecision?: true
}

const TOKEN_LIFE = 120_000
export const SERVER = 'http://model'

/** One server, the network, and who is at it. */
export class World {
  readonly random: Random
  readonly server: ModelServer
  readonly browsers: ModelBrowser[] = []
  readonly wires = new Set<ModelWire>()
  readonly wishes = new Map<string, Wish>()
  readonly #tokens = new Map<string, { user: string; tab: ModelTab; until: number }>()
  /** Until then calls and writes meet with faults. */
  #faultyUntil = 0

  constructor(random: Random, threads: readonly string[]) {
    this.random = random
    this.server = new ModelServer(random, threads, (id) => {
      const wish = this.wishes.get(id)
      return wish?.isDecision ? undefined : wish?.tab.name
    })
  }

  latency = () => Math.round(this.random.chance(0.1) ? this.random.between(200, 2_000) : this.random.between(1, 60))

  isFaulty = (share: number) => Date.now() < this.#faultyUntil && this.random.chance(share)

  disturb(milliseconds: number): void {
    this.#faultyUntil = Math.max(this.#faultyUntil, Date.now() + milliseconds)
  }

  calm(): void {
    this.#faultyUntil = 0
  }

  // Tokens

  /** What renewing the sign-in answers. */
  async grant(tab: ModelTab): Promise<Grant> {
    await this.#travel(tab)
    if (this.isFaulty(0.3)) throw new Problem('unavailable', '', { status: 503, retryable: true })
    const token = `.${btoa(JSON.stringify({ sub: tab.browser.user, n: this.#tokens.size }))}.`
    this.#tokens.set(token, { user: tab.browser.user, tab, until: Date.now() + TOKEN_LIFE })
    await this.#travel(tab)
    return { accessToken: token, expiresIn: TOKEN_LIFE / 1000 }
  }

  userOf(token: string): string | undefined {
    const known = this.#tokens.get(token)
    return known && known.until > Date.now() ? known.user : undefined
  }

  /** Tokens end before their time. */
  revoke(): void {
    for (const token of this.#tokens.values()) token.until = 0
  }

  // Calls

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const token = new Headers(init.headers).get('Authorization')?.slice('Bearer '.length) ?? ''
    const tab = this.#tokens.get(token)?.tab
    if (!tab) throw new Error('A call without a token.')
    try {
      await this.#travel(tab)
      const fault = this.isFaulty(0.3)
      const kind = fault ? this.random.below(4) : undefined
      const [status, body] = kind === 0 ? this.#refusal() : this.#answer(input as string, token, init.body)
      // Carried out, and nobody hears of it.
      if (kind === 1) throw new Unreachable()
      await this.#travel(tab)
      return response(status, body)
    } catch {
      throw new TypeError('The network is gone.')
    }
  }

  #refusal = (): [number, unknown] =>
    this.random.pick<[number, unknown]>([
      [429, { code: 'rate_limited' }],
      [500, { code: 'internal' }],
      [503, { code: 'unavailable' }],
      [401, { code: 'unauthenticated' }],
    ]) ?? [500, {}]

  #answer(url: string, token: string, body: unknown): [number, unknown] {
    const user = this.userOf(token)
    if (user === undefined) return [401, { code: 'token_expired' }]
    const path = url.slice(SERVER.length)
    if (path === '/api/sync') {
      const { operations } = JSON.parse(String(body)) as { operations: SyncOperation[] }
      return [200, { results: this.#sync(user, operations) }]
    }
    const thread = /^\/api\/threads\/(\w+)\/messages$/.exec(path)?.[1]
    if (thread !== undefined)
      return [200, { items: this.server.messagesOf(thread), next: null, title: this.server.threads.get(thread) }]
    const markers = [...this.server.threads.keys()].map((id) => [id, this.server.marker(user, id)])
    return [200, { markers, preferences: this.server.preferences.get(user) ?? {} }]
  }

  /** As `POST /api/sync` does it: behind one that has to wait all wait. */
  #sync(user: string, operations: readonly SyncOperation[]): SyncResult[] {
    let waits: SyncResult['problem']
    return operations.map((operation) => {
      if (!waits && this.isFaulty(0.2)) {
        const [code, status] = this.random.chance(0.5) ? (['rate_limited', 429] as const) : (['internal', 500] as const)
        waits = { type: '', title: '', status, detail: null, code, traceId: null }
      }
      return waits
        ? { id: operation.id, outcome: 'rejected', problem: waits }
        : (JSON.parse(JSON.stringify(this.server.apply(user, operation))) as SyncResult)
    })
  }

  /** One way through the network. Who is gone meanwhile never hears of it. */
  async #travel(tab: ModelTab): Promise<void> {
    await new Promise((done) => setTimeout(done, this.latency()))
    if (tab.isClosed) await new Promise(() => undefined)
    if (!tab.browser.isOnline) throw new Unreachable()
  }
}

function response(status: number, body: unknown): Response {
  const text = JSON.stringify(body)
  return {
    ok: status < 400,
    status,
    headers: new Headers(),
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(JSON.parse(text) as unknown),
  } as Response
}
