// How a client speaks with the server, written from docs/protocol.md alone: no code of ours. By a socket, by events or by polling it listens to one channel and
// holds its place by the version rule.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import http from 'node:http'

/** What a client has to remember of a channel, and the rule by which it takes changes. */
class Place {
  version = null
  epoch = null

  take(message) {
    const op = message.payload?.op
    if (message.type === 'error' || message.re) return true
    if (op === 'subscribed') {
      // Of a snapshot nothing is held before it has come; of a delta what was held stays.
      if (message.payload.mode === 'live') this.version = message.payload.to
      this.epoch = message.e ?? null
      return true
    }
    if (op === 'snapshot') {
      this.version = message.v
      return true
    }
    if (message.v === undefined) return true
    if (this.version !== null && message.v <= this.version) return false
    if (this.version !== null && message.v !== this.version + 1) throw new Error(`a gap: ${this.version} and then ${message.v}`)
    this.version = message.v
    return true
  }
}

export class Line {
  /** @param deliver Takes each message of the channel that is new. */
  constructor({ address, token, channel, deliver }) {
    Object.assign(this, { address, token, channel, deliver, place: new Place() })
  }

  request(path, options = {}) {
    return fetch(new URL(path, this.address), {
      ...options,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...options.headers },
    })
  }

  take(message) {
    if (message.channel !== '$session' && this.place.take(message)) this.deliver(message)
  }

  async ask(message) {
    const response = await this.request('/api/send', { method: 'POST', body: JSON.stringify(message) })
    return (await response.json()).messages[0]
  }
}

export class SocketLine extends Line {
  answers = new Map()

  async connect() {
    const key = randomBytes(16).toString('base64')
    const url = new URL(this.address)
    const request = http.request({
      host: url.hostname, port: url.port, path: '/ws',
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13, 'sec-websocket-key': key, 'sec-websocket-protocol': 'renexus.v1' },
    })
    const [response, socket] = await new Promise((resolve, reject) => {
      request.on('upgrade', (response, socket) => resolve([response, socket])).on('error', reject).end()
    })
    const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
    if (response.headers['sec-websocket-accept'] !== accept) throw new Error('no socket')
    this.socket = socket
    let bytes = Buffer.alloc(0)
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data])
      for (let frame; (frame = SocketLine.frame(bytes)); bytes = bytes.subarray(frame.size)) this.onFrame(frame)
    })
    socket.on('error', () => {})
    const begun = new Promise((resolve) => (this.begun = resolve))
    this.send({
      type: 'subscribe', channel: '$session', id: randomUUID(), timestamp: Date.now(),
      payload: {
        token: this.token, client: 'second/1.0', ...(this.session ? { session: this.session } : {}),
        channels: [{ channel: this.channel, ...(this.place.version === null ? {} : { v: this.place.version }), ...(this.place.epoch ? { e: this.place.epoch } : {}) }],
      },
    })
    await begun
  }

  cut() {
    this.socket.destroy()
  }

  async ask(message) {
    const answer = new Promise((resolve) => this.answers.set(message.id, resolve))
    this.send(message)
    return answer
  }

  send(message) {
    const text = Buffer.from(JSON.stringify(message))
    const mask = randomBytes(4)
    this.socket.write(Buffer.concat([SocketLine.head(text.length), mask, text.map((byte, i) => byte ^ mask[i % 4])]))
  }

  static head(length) {
    if (length < 126) return Buffer.from([0x81, 0x80 | length])
    const head = Buffer.from([0x81, 0x80 | (length < 65_536 ? 126 : 127), 0, 0, 0, 0, 0, 0, 0, 0])
    if (length < 65_536) return head.subarray(0, head.writeUInt16BE(length, 2))
    head.writeBigUInt64BE(BigInt(length), 2)
    return head
  }

  onFrame({ opcode, payload }) {
    if (opcode === 9) {
      const mask = randomBytes(4)
      this.socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length]), mask, payload.map((byte, i) => byte ^ mask[i % 4])]))
    } else if (opcode === 8) {
      this.deliver({ type: 'end', code: payload.readUInt16BE(0) })
      this.socket.end()
    } else if (opcode === 1) {
      const told = JSON.parse(payload.toString())
      for (const message of Array.isArray(told) ? told : [told]) this.onMessage(message)
    }
  }

  onMessage(message) {
    if (message.channel === '$session' && message.payload.op === 'welcome') this.session = message.payload.session
    if (message.re && this.answers.has(message.re)) {
      this.answers.get(message.re)(message)
      this.answers.delete(message.re)
      return
    }
    this.take(message)
    if (message.channel === this.channel && (message.payload.op === 'subscribed' || message.type === 'error')) this.begun()
  }

  static frame(bytes) {
    if (bytes.length < 2) return null
    let length = bytes[1] & 0x7f
    let at = 2
    if (length === 126) {
      if (bytes.length < 4) return null
      length = bytes.readUInt16BE(2)
      at = 4
    } else if (length === 127) {
      if (bytes.length < 10) return null
      length = Number(bytes.readBigUInt64BE(2))
      at = 10
    }
    if (bytes.length < at + length) return null
    return { opcode: bytes[0] & 0x0f, payload: bytes.subarray(at, at + length), size: at + length }
  }
}

export class EventLine extends Line {
  async connect() {
    this.stop = new AbortController()
    const response = await this.request(`/api/events?channels=${this.channel}`, {
      signal: this.stop.signal, headers: this.last ? { 'last-event-id': this.last } : {},
    })
    if (!response.ok) return this.deliver({ type: 'end', code: (await response.json()).code })
    const begun = new Promise((resolve) => (this.begun = resolve))
    this.read(response.body).catch(() => {})
    await begun
  }

  async read(body) {
    let text = ''
    for await (const bytes of body.pipeThrough(new TextDecoderStream())) {
      text += bytes
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) this.onEvent(text.slice(0, end))
    }
  }

  onEvent(event) {
    let data
    for (const field of event.split('\n')) {
      if (field.startsWith('id: ')) this.last = field.slice(4)
      if (field.startsWith('data: ')) data = JSON.parse(field.slice(6))
    }
    if (!data) return
    if (data.channel === '$session' && data.payload.op === 'closed') this.deliver({ type: 'end', code: data.payload.code })
    this.take(data)
    if (data.channel === this.channel && (data.payload.op === 'subscribed' || data.type === 'error')) this.begun()
  }

  cut() {
    this.stop.abort()
  }
}

export class PollLine extends Line {
  async connect() {
    this.stop = new AbortController()
    if (!this.cursor) await this.poll(0)
    this.loop().catch(() => {})
  }

  async loop() {
    while (await this.poll(20));
  }

  async poll(wait) {
    const response = await this.request(`/api/poll?channels=${this.channel}&wait=${wait}${this.cursor ? `&cursor=${this.cursor}` : ''}`, { signal: this.stop.signal })
    const answer = await response.json()
    if (!response.ok) {
      this.deliver({ type: response.status === 401 ? 'end' : 'error', channel: this.channel, payload: answer, code: answer.code })
      return false
    }
    this.cursor = answer.cursor
    for (const message of answer.messages) this.take(message)
    return true
  }

  cut() {
    this.stop.abort()
  }
}
