// Several editors in one document: CodeMirror itself with its collab and history packages, each over a socket of its own. What the network does to them is
// by chance: answers that come late, connections that are cut, pushes that go twice, a server that is killed.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ChangeSet, EditorState } from '@codemirror/state'
import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { history, undo, undoDepth } from '@codemirror/commands'
import { SocketLine } from './connections.mjs'
import { answerLines } from './lines.mjs'

/** Of one push: well below the 1 000 updates and the 100 KB that the protocol allows. */
const mostUpdates = 300

const pieces = [' ', '\n', '😀', '👩‍👩‍👧', 'é', '漢', '\n\n', 'word']

class Editor extends SocketLine {
  #pushing = false
  #inbox = Promise.resolve()
  edits = 0

  constructor({ name, item, ...line }) {
    super({ ...line, channel: `content:${item.id}`, deliver: (message) => this.#take(message) })
    this.name = name
    this.item = item
    this.place.version = item.head
    this.state = EditorState.create({ doc: item.body, extensions: [collab({ clientID: randomUUID(), startVersion: item.document }), history({ minDepth: 100_000 })] })
  }

  get text() {
    return this.state.doc.toString()
  }

  get standing() {
    return `${this.name} at ${getSyncedVersion(this.state)}, ${sendableUpdates(this.state).length} unconfirmed, ${this.#pushing ? 'pushing' : 'resting'}, ${this.socket?.destroyed ? 'away' : 'there'}, ${this.state.doc.length} units`
  }

  get isDone() {
    return !this.#pushing && sendableUpdates(this.state).length === 0
  }

  /** Comes back for as long as it takes. */
  async connect() {
    while (!this.isEnded) {
      try {
        await Promise.race([super.connect(), sleep(10_000).then(() => Promise.reject(new Error('silence')))])
        if (!this.socket.destroyed) {
          this.socket.once('close', () => this.#lost())
          this.push()
          return
        }
      } catch {
        this.socket?.destroy()
      }
      this.#giveUpWaiting()
      await sleep(100 + Math.random() * 200)
    }
  }

  #lost() {
    this.#giveUpWaiting()
    if (!this.isEnded) this.connect()
  }

  // Also for what was asked while a connection was being made that came to nothing.
  #giveUpWaiting() {
    for (const answer of this.answers.values()) answer(null)
    this.answers.clear()
  }

  end() {
    this.isEnded = true
    this.socket.destroy()
  }

  dispatch = (transaction) => {
    this.state = transaction.state
    this.push()
  }

  // Each message is taken late, and by itself.
  #take(message) {
    // A close frame: the connection's end is seen by itself.
    if (!message.payload) return
    const { op, from, updates } = message.payload
    if (op === 'snapshot') throw new Error('The history was not kept long enough for this test.')
    if (op !== 'updates') return
    this.#inbox = this.#inbox.then(async () => {
      await sleep(Math.random() * 15)
      if (from !== getSyncedVersion(this.state)) throw new Error(`${this.name} is at ${getSyncedVersion(this.state)} and hears of ${from}`)
      this.state = receiveUpdates(this.state, updates.map(({ clientID, changes }) => ({ clientID, changes: ChangeSet.fromJSON(changes) }))).state
      this.push()
    })
  }

  async push() {
    if (this.#pushing) return
    this.#pushing = true
    try {
      while (!this.isEnded && sendableUpdates(this.state).length > 0) {
        if (this.socket.destroyed) return
        const answer = await this.#pushOnce()
        if (!answer) return
        if (answer.type === 'error' && !answer.payload.retryable) throw new Error(`${this.name}: ${JSON.stringify(answer.payload)}`)
        // Its echo is the confirmation; now and then nobody waits for it and everything goes again.
        for (let i = 0; i < 40 && answer.payload.document > getSyncedVersion(this.state) && Math.random() < 0.95; i++) await sleep(5)
        await sleep(Math.random() * 10)
      }
    } finally {
      this.#pushing = false
    }
  }

  #pushOnce() {
    const payload = {
      op: 'push', base: getSyncedVersion(this.state), updates: sendableUpdates(this.state).slice(0, mostUpdates).map(({ clientID, changes }) => ({ clientID, changes })),
    }
    const message = { type: 'update', channel: this.channel, payload, timestamp: 0, id: randomUUID() }
    const answer = this.ask(message)
    // The same request again, and the same steps by another request.
    if (Math.random() < 0.05) this.send(message)
    if (Math.random() < 0.05) this.send({ ...message, id: randomUUID() })
    return answer
  }

  /** Where a change may be: never between two surrogates. */
  #placeFrom(from, most) {
    const at = from + Math.floor(Math.random() * (Math.min(most, this.state.doc.length - from) + 1))
    const unit = this.state.doc.sliceString(at, at + 1).charCodeAt(0)
    return at > from && unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at
  }

  /** Types or deletes something somewhere, most of the time where the others are too. */
  edit() {
    const length = this.state.doc.length
    const near = Math.random() < 0.7 ? Math.floor(length / 2) : 0
    const from = this.#placeFrom(near, near > 0 ? 40 : length)
    const safe = this.#isWithinPair(from) ? from - 1 : from
    const to = Math.random() < (length > 2_000 ? 0.9 : 0.3) ? this.#placeFrom(safe, 30) : safe
    const insert = Math.random() < 0.2 ? '' : this.name + pieces[Math.floor(Math.random() * pieces.length)]
    this.edits++
    this.dispatch(this.state.update({ changes: { from: safe, to, insert } }))
  }

  #isWithinPair(at) {
    const unit = this.state.doc.sliceString(at, at + 1).charCodeAt(0)
    return at > 0 && unit >= 0xdc00 && unit < 0xe000
  }

  type(text) {
    const from = this.#placeFrom(0, this.state.doc.length)
    this.dispatch(this.state.update({ changes: { from: this.#isWithinPair(from) ? from - 1 : from, insert: text } }))
  }

  undoAll() {
    while (undoDepth(this.state) > 0) undo(this)
  }
}

let editors = []
let failure
let running

process.on('unhandledRejection', (error) => (failure ??= `${error.stack}`))
process.on('uncaughtException', (error) => (failure ??= `${error.stack}`))

const read = async ({ address, token, id }) =>
  (await fetch(new URL(`/api/content/${id}`, address), { headers: { authorization: `Bearer ${token}` } })).json()

async function write({ edits, cuts }) {
  await Promise.all(editors.map(async (editor) => {
    for (let i = 0; i < edits; i++) {
      editor.edit()
      if (Math.random() < cuts / edits) editor.cut()
      await sleep(Math.random() * 20)
    }
  }))
}

const isSame = () => editors.every((editor) => editor.isDone && editor.text === editors[0].text && getSyncedVersion(editor.state) === getSyncedVersion(editors[0].state))

await answerLines({
  /** An editor for each of these people. */
  async open({ people, id }) {
    editors = await Promise.all(people.map(async ({ name, address, token }) => new Editor({ name, address, token, item: await read({ address, token, id }) })))
    await Promise.all(editors.map((editor) => editor.connect()))
    return true
  },

  /** Begins to write, and says so at once. */
  start(input) {
    running = write(input).then(() => (running = undefined))
    return true
  },

  /** How far it is; `isDone` when nobody writes and nothing waits and all have the same. */
  progress: () => ({ edits: editors.reduce((sum, editor) => sum + editor.edits, 0), isDone: !running && isSame(), failure: failure ?? null, standing: editors.map((editor) => editor.standing) }),

  async type({ texts }) {
    for (const [at, text] of texts.entries()) {
      for (const sign of text) {
        editors[at].type(sign)
        await sleep(Math.random() * 4)
      }
    }
    return true
  },

  undo({ at }) {
    editors[at].undoAll()
    return true
  },

  texts: () => editors.map((editor) => editor.text),

  end() {
    for (const editor of editors) editor.end()
    return true
  },
})
