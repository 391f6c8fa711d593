import { parseFrame, SESSION, type Message as Frame, type Payload, type Position } from '@/lib/realtime/protocol'
import { CUT, type Wire } from '@/lib/realtime/wire'
import type { ModelTab } from './model-browser'
import type { Operation } from './model-server'
import type { World } from './world'

/** A way between a tab and the server, with a network between them that can be slow, be cut, and not say so. */
export class ModelWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #world: World
  readonly #tab: ModelTab
  #state: 'opening' | 'open' | 'lost' | 'closed' = 'opening'
  #user: string | undefined
  #upAt = 0
  #downAt = 0
  /** What the server knows this wire by. */
  readonly #listener = (frame: Frame) => this.#tell(frame)

  constructor(world: World, tab: ModelTab) {
    this.#world = world
    this.#tab = tab
    world.wires.add(this)
    setTimeout(() => {
      if (this.#state !== 'opening') return
      if (tab.browser.isOnline && !tab.isClosed) {
        this.#state = 'open'
        this.onopen?.()
      } else this.#end(CUT)
    }, world.latency())
  }

  get tab(): ModelTab {
    return this.#tab
  }

  send(frame: string): void {
    this.#upAt = Math.max(this.#upAt, Date.now() + this.#world.latency())
    setTimeout(() => {
      if (this.#state === 'open') for (const message of parseFrame(frame)) this.#take(message)
    }, this.#upAt - Date.now())
  }

  close(): void {
    this.#state = 'closed'
    this.#leave()
  }

  /** Nothing goes through any more; whether anybody is told is chance. */
  cut(isTold: boolean): void {
    if (this.#state === 'closed') return
    if (isTold) this.#end(CUT)
    else {
      this.#state = 'lost'
      this.#leave()
    }
  }

  /** The server closes it. */
  end(code: number): void {
    if (this.#state !== 'open') return
    this.#leave()
    this.#downAt = Math.max(this.#downAt, Date.now() + this.#world.latency())
    setTimeout(() => this.#end(code), this.#downAt - Date.now())
  }

  #end(code: number): void {
    this.#leave()
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.onclose?.(code)
  }

  #leave(): void {
    this.#world.wires.delete(this)
    this.#world.server.leave(this.#listener)
  }

  #tell(frame: Frame): void {
    this.#downAt = Math.max(this.#downAt, Date.now() + this.#world.latency())
    setTimeout(() => {
      if (this.#state === 'open') this.onmessage?.(JSON.stringify(frame))
    }, this.#downAt - Date.now())
  }

  // The server's end

  #take({ type, channel = '', id = '', payload = {} }: Frame): void {
    if (channel === SESSION) this.#greet(id, payload)
    else if (this.#user === undefined) this.end(4501)
    else if (type === 'subscribe') this.#subscribe({ channel, ...payload }, id)
    else if (type === 'unsubscribe') this.#world.server.unsubscribe(channel, this.#listener)
    else this.#write(channel, id, payload)
  }

  #greet(re: string, payload: Payload): void {
    const user = this.#world.userOf(String(payload.token))
    if (user === undefined) return this.end(this.#world.random.chance(0.5) ? 4010 : 4500)
    this.#user = user
    this.#tell({ type: 'update', channel: SESSION, re, payload: { op: 'welcome', session: 's', resumed: false } })
    for (const position of (payload.channels ?? []) as Position[]) this.#subscribe(position, re)
  }

  #subscribe({ channel, ...position }: Position, re: string): void {
    if (this.#world.isFaulty(0.1))
      this.#tell({ type: 'error', channel, re, payload: { code: 'unavailable', message: '', retryable: true } })
    else this.#world.server.subscribe(channel, re, position, this.#listener)
  }

  #write(channel: string, re: string, { op, resource, data }: Payload): void {
    const fault = this.#world.isFaulty(0.2)
    const refuse = (code: string, retryable: boolean) =>
      this.#tell({
        type: 'error',
        re,
        payload: { code, message: code, retryable, ...(retryable && { retryAfter: 2 }) },
      })
    if (fault && this.#world.random.chance(0.5))
      return refuse(this.#world.random.pick(['rate_limited', 'unavailable', 'token_expired', 'internal']) ?? '', true)
    const operation = {
      id: re,
      type: String(op),
      resource: String(resource),
      data: { threadId: channel.slice('thread:'.length), ...(data as object) },
    } satisfies Operation
    const { outcome, version, data: done, problem } = this.#world.server.apply(this.#user ?? '', operation)
    // The answer goes where everything else of this connection goes.
    if (fault) return this.cut(this.#world.random.chance(0.5))
    if (outcome === 'rejected') return refuse(problem?.code ?? '', false)
    const payload = { op: 'ack', resource, resourceId: re, data: done }
    this.#tell({ type: 'update', channel, re, v: version ?? 0, payload })
  }
}
