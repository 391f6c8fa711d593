// A second client, written from docs/protocol.md alone: it listens to one channel by a socket, by events or by polling, and syncs. The tests drive it line by line.
import { EventLine, Line, PollLine, SocketLine } from './connections.mjs'
import { answerLines } from './lines.mjs'

let line
const inbox = []
const waiting = []

function deliver(message) {
  const next = waiting.shift()
  if (next) next(message)
  else inbox.push(message)
}

const receive = () => (inbox.length > 0 ? Promise.resolve(inbox.shift()) : new Promise((resolve) => waiting.push(resolve)))

const kinds = { socket: SocketLine, events: EventLine, polling: PollLine }

await answerLines({
  async connect(input) {
    line ??= new kinds[input.kind]({ ...input, deliver })
    Object.assign(line, { address: input.address })
    await line.connect()
    return true
  },
  async cut() {
    line.cut()
    return true
  },
  ask: ({ message }) => line.ask(message),
  receive,
  async end() {
    for (;;) {
      const message = await receive()
      if (message.type === 'end') return `${message.code}`
    }
  },
  async sync({ address, token, operations, since }) {
    const caller = new Line({ address, token })
    if (operations) return (await (await caller.request('/api/sync', { method: 'POST', body: JSON.stringify({ operations }) })).json()).results
    const changes = []
    let snapshot = false
    for (;;) {
      const page = await (await caller.request(since ? `/api/sync?since=${since}` : '/api/sync')).json()
      changes.push(...page.changes)
      snapshot ||= page.snapshot === true
      since = page.cursor
      if (page.complete) return { changes, snapshot, cursor: since }
    }
  },
})
