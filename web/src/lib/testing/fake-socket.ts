import type { Message, Payload } from '@/lib/realtime/protocol'

/** The server's end of a WebSocket, scripted by a test. */
export class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 3
  static all: FakeSocket[] = []

  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1)
    if (!socket) throw new Error('No socket was opened.')
    return socket
  }

  readonly url: string
  readonly protocol: string
  readonly sent: Message[] = []
  readyState = FakeSocket.CONNECTING
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor(url: string, protocol: string) {
    this.url = url
    this.protocol = protocol
    FakeSocket.all.push(this)
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Message)
  }

  /** The page closes; like a real one, a dead network never confirms it. */
  close(): void {
    this.readyState = FakeSocket.CLOSED
  }

  // What the server does

  open(): this {
    this.readyState = FakeSocket.OPEN
    this.onopen?.()
    return this
  }

  welcome(session = 'session-1'): this {
    return this.says({ type: 'update', channel: '$session', payload: { op: 'welcome', session, resumed: false } })
  }

  says(...messages: Message[]): this {
    this.onmessage?.({ data: JSON.stringify(messages.length === 1 ? messages[0] : messages) })
    return this
  }

  ends(code: number): void {
    this.readyState = FakeSocket.CLOSED
    this.onclose?.({ code })
  }

  /** Answers the last subscription to the channel. */
  subscribed(channel: string, mode: 'live' | 'delta' | 'snapshot', from: number, to: number, e = 'epoch-1'): this {
    const asked = this.sent.findLast(
      (message) => message.type === 'subscribe' && (message.channel === channel || message.channel === '$session'),
    )
    return this.says({
      type: 'update',
      channel,
      v: to,
      e,
      ...(asked?.id === undefined ? {} : { re: asked.id }),
      payload: { op: 'subscribed', mode, from, to },
    })
  }

  change(channel: string, v: number, payload: Payload = {}): this {
    return this.says(changeMessage(channel, v, payload))
  }

  acknowledges(request: Message, v: number): this {
    return this.says({
      type: 'update',
      v,
      ...(request.channel === undefined ? {} : { channel: request.channel }),
      ...(request.id === undefined ? {} : { re: request.id }),
      payload: { op: 'ack', resource: 'message', resourceId: request.id, data: { id: request.id } },
    })
  }

  refuses(request: Message, payload: Payload): this {
    return this.says({ type: 'error', ...(request.id === undefined ? {} : { re: request.id }), payload })
  }

  /** What was sent on a channel, without the hello. */
  sentOn(channel: string): Message[] {
    return this.sent.filter((message) => message.channel === channel)
  }
}

export function changeMessage(channel: string, v: number, payload: Payload = {}): Message {
  return {
    type: 'update',
    channel,
    v,
    e: 'epoch-1',
    payload: {
      op: 'create',
      resource: 'message',
      resourceId: `m${v}`,
      data: { id: `m${v}` },
      actor: 'ada',
      cause: null,
      ...payload,
    },
  }
}
