import { ChangeSet, type Text } from '@codemirror/state'
import { backoff } from '@/lib/backoff'
import { contentChannel } from '@/lib/channels'
import { newId } from '@/lib/ids'
import type { Outbox } from '@/lib/outbox'
import { Problem } from '@/lib/problem'
import type { Payload, TextUpdates } from '@/lib/realtime/protocol'
import type { Realtime } from '@/lib/realtime/realtime'
import { Store } from '@/lib/store'
import type { DocumentStore, KeptDocument, KeptReplica } from './document-store'
import { Places, type Place } from './places'
import { Replica } from './replica'
import { textOf, wellFormed } from './text-changes'

/** A document as the server has it now. */
export interface DocumentHead {
  body: string
  /** How many steps of the text it has accepted. */
  document: number
  /** The item's own version. */
  version: number
}

export interface DocumentPorts {
  realtime: Realtime
  /** What cannot go on as steps of the text goes on as a change of the whole, which is merged or asked about. */
  outbox: Pick<Outbox, 'add'>
  store: DocumentStore
  person: () => string | undefined
  /** Names an editor of this tab, as no other one is named. */
  owner: () => string
  /** Whether that editor's tab has ended, or put its document down. */
  isFree: (replica: KeptReplica) => Promise<boolean>
  /** Put down by editors of this tab and not yet kept as such, by item: the next one waits for it. */
  closing: Map<string, Promise<void>>
  read: (itemId: string) => Promise<DocumentHead>
  /** The item as it was at an earlier version. */
  readRevision: (itemId: string, version: number) => Promise<DocumentHead>
}

export interface DocumentState {
  /** `opening` until there is a text; `closed` when it cannot be had, or not any more. */
  phase: 'opening' | 'open' | 'closed'
  /** Changes that are not on the server. */
  waiting: number
  /** Whether the server's own list of steps has everything that was typed here. */
  isConfirmed: boolean
  /** Whether what waits is on this device, and outlast the page. */
  isKept: boolean
  /** Why the document cannot be had. */
  problem?: Problem
  /** What the server refused, with the text as it was then: nobody loses what he wrote. */
  refused?: { problem: Problem; text: string }
}

/** Hears what others do to the text on screen. */
export interface DocumentFollower {
  changed: (changes: ChangeSet) => void
  /** Somebody is at another place; without a place he is gone. */
  moved?: (editor: string, place: Place | undefined) => void
}

/** Well within the 100 KB of a message, whatever signs the text is made of. */
const LIMITS = { units: 15_000, places: 500 }
/** What is typed without such a pause counts as one change. */
const PAUSE = 1_000
/** The steps since the text that is kept may take so many signs, before the text is kept anew. */
const MOST_SINCE = 16_384
/** The steps themselves follow an acknowledgement at once. */
const ECHO_WITHIN = 10_000
/** One's place is told so often at most, and again before the others forget it. */
const TELL_EVERY = 600
const TELL_AGAIN = 25_000
const FORGET_AFTER = 60_000
/** Who does nothing for so long is shown no more. */
export const IDLE_AFTER = 5 * 60_000

/** What says nothing about the change: it is tried again. */
const isPassing = (problem: Problem): boolean =>
  problem.retryable ||
  problem.status === 401 ||
  ['rate_limited', 'unavailable', 'internal', 'unauthenticated', 'token_expired'].includes(problem.code)

/**
 * One editor's hold on a document (CO-2): what is typed is on the device before it is sent and before it counts as safe,
 * goes to the server one push at a time, and is confirmed by the server's own list of steps, over lost connections, reloads
 * and any time without a network. What the server will not take as steps is handed to the outbox as a whole text, so that
 * it is merged, decided or kept to be copied: no typed word disappears.
 */
export class DocumentSession {
  readonly state = new Store<DocumentState>({ phase: 'opening', waiting: 0, isConfirmed: true, isKept: true })
  /** Whether its person did nothing for a while, so that the others do not see him here any more. */
  readonly isIdle = new Store(false)
  readonly itemId: string
  readonly #ports: DocumentPorts
  readonly #channel: string
  readonly #followers = new Set<DocumentFollower>()
  readonly #places = new Places()
  readonly #endings: (() => void)[] = []
  #replica: Replica | undefined
  /** Names this editor to the server, for as long as its steps are the ones that are kept. */
  #clientID = newId()
  /** All that this editor went by: what it tells comes back to it too. */
  readonly #ownIDs = new Set([this.#clientID])
  #row: KeptReplica | undefined
  /** The text is to be kept anew, and not only what led on from it. */
  #keepsBody = true
  #since: unknown[] = []
  /** A version of the item whose text this one began with: the last that was told, so never a later one. */
  #revision = 0
  /** The server's text is to be read: at the beginning, and where steps were missed. */
  #needsHead = true
  /** Steps that came while those before them are missing. */
  readonly #ahead: TextUpdates[] = []
  /** The document's version that the server named when it took the last push. */
  #acceptedAt = 0
  /** How often there was something to keep, and how much of that is kept. */
  #edits = 0
  #keptEdits = 0
  #saving: Promise<void> | undefined
  #isWorking = false
  #isWoken = false
  #isClosed = false
  #failures = 0
  #restTimer: ReturnType<typeof setTimeout> | undefined
  #echoTimer: ReturnType<typeof setTimeout> | undefined
  #typedAt = 0
  // Where one is, and where the others are.
  #selection: { anchor: number; head: number } | undefined
  #activeAt = 0
  #toldAt = 0
  #tellTimer: ReturnType<typeof setTimeout> | undefined
  readonly #heard = new Map<string, { userId: string; timer: ReturnType<typeof setTimeout> }>()

  constructor(itemId: string, ports: DocumentPorts) {
    this.itemId = itemId
    this.#ports = ports
    this.#channel = contentChannel(itemId)
  }

  /** The text on screen. */
  get text(): Text {
    if (!this.#replica) throw new Error('The document is not open yet.')
    return this.#replica.text
  }

  /** Takes up what this device has of the document, then what the server has. */
  async start(wanted?: KeptReplica): Promise<void> {
    await this.#ports.closing.get(this.itemId)
    const kept = await this.#takeKept(wanted)
    if (this.#isClosed) {
      if (kept) void this.#ports.store.save(kept.replica, undefined, '')
      return
    }
    if (kept) this.#open(kept)
    const { realtime } = this.#ports
    this.#endings.push(
      realtime.subscribe(this.#channel, {
        updates: (updates) => this.#receive(updates),
        change: ({ op, resource, resourceId, data }) => {
          if (resource === 'content' && resourceId === this.itemId && op === 'update') this.#itemChanged(data)
        },
        reset: () => {
          this.#replica?.doubtAccepted()
          this.#needsHead = true
          this.#wake()
        },
        ephemeral: (payload) => this.#hear(payload),
        lost: (problem) => this.#lost(problem),
      }),
      realtime.state.subscribe(() => this.#connectionChanged()),
    )
    this.#wake()
  }

  follow(follower: DocumentFollower): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  /** Something was typed here; it leads on from the text on screen. */
  typed(changes: ChangeSet): void {
    if (!this.#replica || changes.empty) return
    const now = Date.now()
    this.#replica.typed(this.#clientID, changes, now - this.#typedAt >= PAUSE)
    this.#typedAt = now
    void this.#keep()
    this.#wake()
  }

  /** The selection is there now. */
  select(anchor: number, head: number): void {
    this.#selection = { anchor, head }
    this.#activeAt = Date.now()
    this.isIdle.set(false)
    this.#tellPlace(TELL_EVERY)
  }

  /** Where a stretch is on screen that the server knows at a version; undefined when nobody can tell. */
  placeOf(document: number, from: number, to: number): { from: number; to: number } | undefined {
    return this.#replica && this.#places.stretch(document, from, to, this.#replica.mine)
  }

  /** A stretch of the text on screen as the server knows it; undefined when it is not all there. */
  toldPlace(from: number, to: number): { document: number; from: number; to: number } | undefined {
    const replica = this.#replica
    if (!replica?.mine.empty) return undefined
    return { document: replica.version, from, to }
  }

  /** Resolves when everything that was typed is confirmed, or cannot be. */
  confirmed(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        const { isConfirmed, phase } = this.state.get()
        if (!isConfirmed && phase === 'open' && !this.#isClosed) return
        leave()
        resolve()
      }
      const leave = this.state.subscribe(look)
      look()
    })
  }

  /** Nobody writes here any more; what the server has not got stays on the device for whoever brings it there. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const end of this.#endings) end()
    for (const { timer } of this.#heard.values()) clearTimeout(timer)
    clearTimeout(this.#restTimer)
    clearTimeout(this.#echoTimer)
    clearTimeout(this.#tellTimer)
    const { closing } = this.#ports
    const put = this.#putDown()
    closing.set(this.itemId, put)
    await put
    if (closing.get(this.itemId) === put) closing.delete(this.itemId)
  }

  /** The refusal was seen, and the text copied or given up. */
  dismissRefusal(): void {
    const { refused: _, ...state } = this.state.get()
    this.state.set(state)
  }

  // What is on the device

  async #takeKept(wanted?: KeptReplica): Promise<KeptDocument | undefined> {
    const { store, person, owner, isFree } = this.#ports
    const userId = person()
    if (userId === undefined) return undefined
    const rows = wanted ? [wanted] : ((await store.all(userId)) ?? []).filter((row) => row.itemId === this.itemId)
    // What waits comes first; of the others the one read last.
    rows.sort(
      (one, other) => Number(other.unconfirmed.length > 0) - Number(one.unconfirmed.length > 0) || other.at - one.at,
    )
    let taken: KeptDocument | undefined
    for (const row of rows) {
      if (!(await isFree(row))) continue
      if (taken && row.unconfirmed.length > 0) continue
      const kept = await store.take(row, owner())
      if (!kept) continue
      if (taken) await store.forget(kept.replica)
      else taken = kept
    }
    return taken
  }

  #open({ replica, body }: KeptDocument): void {
    const confirmed = replica.since.reduce((text: Text, step) => ChangeSet.fromJSON(step).apply(text), textOf(body))
    const unconfirmed = replica.unconfirmed.map(({ clientID, changes, isSent, count }) => ({
      clientID,
      changes: ChangeSet.fromJSON(changes),
      isSent,
      isAccepted: false,
      count,
    }))
    this.#row = replica
    this.#since = [...replica.since]
    this.#keepsBody = false
    this.#revision = replica.revision
    this.#replica = new Replica(replica.document, confirmed, unconfirmed)
    this.#places.reset(replica.document)
    this.#tell({ phase: 'open' })
  }

  async #keep(): Promise<void> {
    this.#edits++
    this.#tell()
    this.#saving ??= this.#save()
    await this.#saving
  }

  async #save(): Promise<void> {
    while (this.#keptEdits !== this.#edits && this.#replica && !this.#isClosed) {
      const edits = this.#edits
      const outcome = await this.#saveOnce()
      this.#keptEdits = edits
      if (outcome === 'taken') this.#startOver()
      if (edits === this.#edits) this.#tell({ isKept: outcome === 'kept' })
    }
    this.#saving = undefined
  }

  async #saveOnce(next?: string): Promise<'kept' | 'taken' | 'refused'> {
    const userId = this.#ports.person()
    const replica = this.#replica
    if (userId === undefined || !replica) return 'refused'
    this.#keepsBody ||= JSON.stringify(this.#since).length > MOST_SINCE
    if (this.#keepsBody) this.#since = []
    const body = this.#keepsBody ? replica.confirmed.toString() : undefined
    this.#keepsBody = false
    this.#row = {
      id: this.#row?.id ?? newId(),
      tab: this.#row?.tab ?? this.#ports.owner(),
      userId,
      itemId: this.itemId,
      at: Date.now(),
      document: replica.version,
      revision: this.#revision,
      unconfirmed: replica.unconfirmed.map(({ clientID, changes, isSent, count }) => ({
        clientID,
        changes: changes.toJSON() as unknown,
        isSent,
        count,
      })),
      since: [...this.#since],
    }
    const outcome = await this.#ports.store.save(this.#row, body, next)
    if (outcome === 'refused') this.#keepsBody = true
    return outcome
  }

  async #putDown(): Promise<void> {
    await this.#saving
    if (this.#replica) await this.#saveOnce('')
  }

  // What the server says

  #receive(updates: TextUpdates): void {
    const replica = this.#replica
    if (!replica || updates.from > replica.version) {
      this.#ahead.push(updates)
      if (replica) this.#needsHead = true
      return this.#wake()
    }
    const missing = updates.updates.slice(replica.version - updates.from)
    if (missing.length === 0) return
    const { changes, confirmed } = replica.receive(missing)
    for (const step of confirmed) this.#since.push(step.toJSON())
    this.#places.confirmed(confirmed)
    this.#show(changes)
    clearTimeout(this.#echoTimer)
    void this.#keep()
    this.#wake()
  }

  #itemChanged(data: unknown): void {
    const { document, version } = (data ?? {}) as Partial<DocumentHead>
    if (document === this.#replica?.version && typeof version === 'number') this.#revision = version
  }

  #connectionChanged(): void {
    if (this.#ports.realtime.state.get().status === 'connected') {
      clearTimeout(this.#restTimer)
      this.#restTimer = undefined
      return this.#wake()
    }
    for (const editor of [...this.#heard.keys()]) this.#forget(editor)
  }

  #lost(problem: Problem): void {
    this.#tell({ phase: 'closed', problem })
    this.#handOver(problem, this.#revision)
  }

  /** Shows what others did. */
  #show(changes: ChangeSet): void {
    if (this.#selection) {
      const { anchor, head } = this.#selection
      this.#selection = { anchor: changes.mapPos(anchor, -1), head: changes.mapPos(head, -1) }
    }
    if (!changes.empty) for (const follower of [...this.#followers]) follower.changed(changes)
    const { mine } = this.#replica ?? {}
    if (mine) for (const place of this.#places.due(mine)) this.#moved(place)
  }

  // Going on

  /** Does what is to be done next, one thing at a time. */
  #wake(): void {
    this.#isWoken = true
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    try {
      while (this.#isWoken && this.#mayWork) {
        this.#isWoken = false
        await this.#next()
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#isWorking = false
    }
  }

  get #mayWork(): boolean {
    const isConnected = this.#ports.realtime.state.get().status === 'connected'
    return isConnected && !this.#isClosed && this.#restTimer === undefined && this.state.get().phase !== 'closed'
  }

  async #next(): Promise<void> {
    const replica = this.#replica
    const isAccepted = replica?.unconfirmed.some((step) => step.isAccepted) === true
    if (replica && replica.unconfirmed.length > 0 && !isAccepted) await this.#push(replica)
    else if (this.#needsHead) await this.#readHead()
    else return
    this.#isWoken = true
  }

  async #push(replica: Replica): Promise<void> {
    const sent = replica.send(LIMITS)
    await this.#keep()
    // Meanwhile its steps may have come back, or the whole be gone on from elsewhere.
    const some = replica.unconfirmed.filter(({ isSent }) => isSent)
    if (replica !== this.#replica || sent.length === 0 || some.length === 0 || this.#isClosed) return
    try {
      const answer = await this.#ports.realtime.write(this.#channel, newId(), {
        op: 'push',
        base: replica.version,
        updates: some.map(({ clientID, changes }) => ({ clientID, changes: changes.toJSON() as unknown })),
      })
      this.#failures = 0
      if (replica === this.#replica) this.#accepted(replica, Number(answer.payload?.document))
    } catch (error) {
      if (!(error instanceof Problem) || isPassing(error)) throw error
      const revision = await this.#revisionOf(replica.version)
      if (replica === this.#replica) this.#handOver(error, revision)
    }
  }

  /** The server has what was sent. Where it stands among the steps of others the steps themselves say. */
  #accepted(replica: Replica, document: number): void {
    if (!replica.unconfirmed.some(({ isSent }) => isSent)) return
    replica.accepted()
    this.#acceptedAt = document
    clearTimeout(this.#echoTimer)
    this.#echoTimer = setTimeout(() => {
      this.#needsHead = true
      this.#wake()
    }, ECHO_WITHIN)
    this.#tell()
  }

  async #readHead(): Promise<void> {
    this.#needsHead = false
    const before = this.#replica?.version ?? 0
    let head: DocumentHead
    try {
      head = (await this.#ports.realtime.load(this.#channel, () => this.#ports.read(this.itemId))).value
      this.#failures = 0
    } catch (error) {
      this.#needsHead = true
      if (!(error instanceof Problem) || isPassing(error)) throw error
      this.#lost(error)
      return
    }
    if (this.#isClosed) return
    if (!this.#replica) {
      this.#replica = new Replica(head.document, textOf(head.body))
      this.#tell({ phase: 'open' })
      this.#began(head)
    } else if (head.document < before || head.document >= this.#replica.version) this.#jump(this.#replica, head)
    // Takes the steps that came too early, as far as they go on from what is here.
    for (const updates of this.#ahead.splice(0)) this.#receive(updates)
  }

  #jump(replica: Replica, head: DocumentHead): void {
    const { document, version } = head
    const text = textOf(head.body)
    const isAccepted = replica.unconfirmed.some((step) => step.isAccepted)
    if (document === replica.version && !isAccepted && text.eq(replica.confirmed)) {
      this.#revision = version
      return
    }
    // What was sent is neither surely in it nor surely not, which the next push finds out; what was accepted has to be in it.
    const isInDoubt =
      replica.unconfirmed.some((step) => step.isSent && !step.isAccepted) && document !== replica.version
    if (isInDoubt || (isAccepted && document < this.#acceptedAt)) {
      this.#needsHead = true
      if (isAccepted) throw new Problem('unavailable', 'What the server answered is older than what it took.')
      return
    }
    this.#show(replica.jump(document, text))
    this.#began(head)
  }

  /** The text goes on from the one that was read. */
  #began({ document, version }: DocumentHead): void {
    clearTimeout(this.#echoTimer)
    this.#places.reset(document)
    this.#revision = version
    this.#keepsBody = true
    void this.#keep()
  }

  /** The item's version whose text is this one, or an earlier one: a later one would take others' words for deleted here. */
  async #revisionOf(document: number): Promise<number> {
    const { read, readRevision } = this.#ports
    try {
      for (
        let { version: n, document: its } = await read(this.itemId);
        ;
        its = (await readRevision(this.itemId, n)).document
      ) {
        if (its <= document || n <= 1) return n
        n = Math.max(1, n - Math.ceil((its - document) / 2))
      }
    } catch (error) {
      if (error instanceof Problem && !isPassing(error)) return this.#revision
      throw error
    }
  }

  /** The server will not take it as steps: it goes on as the whole text, which is merged with what others did, decided or refused. */
  #handOver(problem: Problem, revision: number): void {
    const replica = this.#replica
    if (!replica || replica.mine.empty) return
    const text = replica.text.toString()
    this.#ports.outbox.add({
      channel: this.#channel,
      op: 'update',
      resource: 'content',
      resourceId: this.itemId,
      base: revision,
      data: { body: wellFormed(text) },
    })
    this.#tell({ refused: { problem, text } })
    this.#abandon(replica)
  }

  /** Another tab took this one for ended and goes on with what was kept; what was typed since is handed over as a whole. */
  #startOver(): void {
    this.#row = undefined
    this.#takeClientID()
    this.#handOver(new Problem('conflict', 'Another window went on with this document.'), this.#revision)
    this.#keepsBody = true
    this.#edits++
  }

  #abandon(replica: Replica): void {
    const { mine, confirmed, version } = replica
    this.#replica = new Replica(version, confirmed)
    this.#takeClientID()
    this.#needsHead = true
    this.#show(mine.invert(confirmed))
    void this.#keep()
    this.#wake()
  }

  /** Tried again: after a while, or as soon as there is a connection. */
  #failed(error: unknown): void {
    if (this.#isClosed) return
    const seconds = error instanceof Problem ? error.retryAfter : undefined
    const delay = seconds === undefined ? backoff(this.#failures++) : seconds * 1000
    this.#restTimer = setTimeout(() => {
      this.#restTimer = undefined
      this.#wake()
    }, delay)
  }

  #tell(change: Partial<DocumentState> = {}): void {
    const before = this.state.get()
    const waiting = (this.#replica?.unconfirmed ?? []).reduce(
      (sum, { count, isAccepted }) => sum + (isAccepted ? 0 : count),
      0,
    )
    const isConfirmed = (this.#replica?.unconfirmed ?? []).length === 0
    const next = {
      ...before,
      isConfirmed,
      isKept: before.isKept && this.#keptEdits === this.#edits,
      waiting,
      ...change,
    }
    const isSame = (Object.keys(next) as (keyof DocumentState)[]).every((name) => next[name] === before[name])
    if (!isSame) this.state.set(next)
  }

  #takeClientID(): void {
    this.#clientID = newId()
    this.#ownIDs.add(this.#clientID)
  }

  // Who is where

  #tellPlace(every: number): void {
    if (this.#isClosed) return
    clearTimeout(this.#tellTimer)
    const wait = Math.max(0, this.#toldAt + every - Date.now())
    this.#tellTimer = setTimeout(() => {
      if (Date.now() - this.#activeAt >= IDLE_AFTER) {
        this.isIdle.set(true)
        return
      }
      const { mine } = this.#replica ?? {}
      if (this.#selection && mine && !this.#needsHead) {
        const { anchor, head } = this.#selection
        this.#ports.realtime.tell(this.#channel, this.#places.own(this.#clientID, anchor, head, mine))
        this.#toldAt = Date.now()
      }
      this.#tellPlace(TELL_AGAIN)
    }, wait)
  }

  #hear(payload: Payload): void {
    if (payload.op === 'presence' && Array.isArray(payload.leave)) {
      const left = new Set((payload.leave as { userId?: string }[]).map(({ userId }) => userId))
      for (const [editor, { userId }] of [...this.#heard]) if (left.has(userId)) this.#forget(editor)
    }
    if (typeof payload.clientID === 'string' && this.#ownIDs.has(payload.clientID)) return
    const { mine } = this.#replica ?? {}
    const place = mine && this.#places.heard(payload, mine)
    if (place) this.#moved(place)
  }

  #moved(place: Place): void {
    clearTimeout(this.#heard.get(place.editor)?.timer)
    const timer = setTimeout(() => this.#forget(place.editor), FORGET_AFTER)
    this.#heard.set(place.editor, { userId: place.userId, timer })
    for (const follower of [...this.#followers]) follower.moved?.(place.editor, place)
  }

  #forget(editor: string): void {
    clearTimeout(this.#heard.get(editor)?.timer)
    this.#heard.delete(editor)
    for (const follower of [...this.#followers]) follower.moved?.(editor, undefined)
  }
}
