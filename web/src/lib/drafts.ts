import { Problem } from './problem'
import { Store } from './store'

/** What is written but not sent. */
export interface Draft {
  text: string
  /** The message it answers. */
  replyTo?: string | undefined
}

/** The same as the server has it. */
export interface StoredDraft {
  threadId: string
  body: string
  replyTo: string | null
  version: number
}

/** A draft on this device, and what of it the server has. */
interface Kept extends Draft {
  base: Draft & { version: number }
}

interface DraftsPorts {
  /** Whose they are; nobody's are kept. */
  person: () => string | undefined
  /** All that the server has. */
  read: () => Promise<readonly StoredDraft[]>
  /** One that may have been emptied. */
  readOne: (threadId: string) => Promise<StoredDraft>
  /** Refuses with the problem `precondition_failed` and the `current` one when the server has another version. */
  write: (threadId: string, draft: Draft, version: number) => Promise<StoredDraft>
  /** Where they are kept on this device. */
  storage?: Storage
}

/** Pauses in typing, in milliseconds: after the first a draft is kept on this device, after the second on the server. */
const KEEP_AFTER = 300
const SEND_AFTER = 1_500
/** When the server could not be reached, or asked to wait. */
const AGAIN_AFTER = 30_000

const EMPTY: Kept = { text: '', base: { text: '', version: 0 } }

/**
 * What one has begun to write in each thread, on this device and, as soon as there is a way to the server, on all others
 * (DR1 to DR6). It is what one last wrote that counts, so drafts are no operations of the outbox: only the newest text is
 * sent. A text that another device wrote meanwhile is never written over.
 */
export class Drafts {
  /** The threads that have one. */
  readonly begun = new Store<ReadonlySet<string>>(new Set())

  readonly #ports: DraftsPorts
  #person: string | undefined
  readonly #known = new Map<string, Kept>()
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #underWay = new Map<string, Draft>()
  readonly #followers = new Map<string, Set<(draft: Draft) => void>>()

  constructor(ports: DraftsPorts) {
    this.#ports = ports
  }

  get #storage(): Storage {
    return this.#ports.storage ?? localStorage
  }

  /** Finds what this device keeps of whoever is signed in now. */
  open(): void {
    const person = this.#ports.person()
    if (person === this.#person) return
    this.close()
    this.#person = person
    window.addEventListener('storage', this.#onStorage)
    window.addEventListener('pagehide', this.#onPageHide)
    try {
      for (const key of Object.keys(this.#storage)) {
        const threadId = this.#threadOf(key)
        if (threadId !== undefined) this.#known.set(threadId, read(this.#storage.getItem(key)))
      }
    } catch {
      // The storage is blocked: drafts live in this page and on the server.
    }
    this.#count()
  }

  /** Forgets them; they stay on the device until somebody wipes it. */
  close(): void {
    this.#person = undefined
    window.removeEventListener('storage', this.#onStorage)
    window.removeEventListener('pagehide', this.#onPageHide)
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#known.clear()
    this.#underWay.clear()
    this.#count()
  }

  of(threadId: string): Draft {
    const { text, replyTo } = this.#known.get(threadId) ?? EMPTY
    return { text, replyTo }
  }

  /** Tells of texts that come from elsewhere: another device, another tab. */
  follow(threadId: string, follower: (draft: Draft) => void): () => void {
    const followers = this.#followers.get(threadId) ?? new Set()
    this.#followers.set(threadId, followers.add(follower))
    return () => {
      followers.delete(follower)
      if (followers.size === 0) this.#followers.delete(threadId)
    }
  }

  /** What is in the field now. */
  keep(threadId: string, draft: Draft): void {
    const kept = this.#known.get(threadId) ?? EMPTY
    if (same(kept, draft) || this.#person === undefined) return
    this.#known.set(threadId, { text: draft.text, replyTo: draft.replyTo, base: kept.base })
    this.#count()
    this.#wait(threadId, KEEP_AFTER, () => {
      this.#store(threadId)
      this.#wait(threadId, SEND_AFTER - KEEP_AFTER, () => void this.#send(threadId))
    })
  }

  /** The thread is left, or its message sent: keeps at once what would have waited for a pause. */
  async settle(threadId: string): Promise<void> {
    if (!this.#timers.has(threadId)) return
    this.#stopWaiting(threadId)
    this.#store(threadId)
    await this.#send(threadId)
  }

  /** Brings everything to the server, as far as it can be reached. */
  async flush(): Promise<void> {
    await Promise.all([...this.#known.keys()].map((threadId) => this.#send(threadId)))
  }

  /** Compares with the server; called whenever something may have been missed. */
  async refresh(): Promise<void> {
    const person = this.#person
    if (person === undefined) return
    try {
      const stored = await this.#ports.read()
      if (this.#person !== person) return
      for (const draft of stored) this.received(draft)
      const there = new Set(stored.map(({ threadId }) => threadId))
      await Promise.all(
        [...this.#known]
          .filter(([threadId, kept]) => !there.has(threadId) && !isEmpty(kept) && same(kept, kept.base))
          .map(async ([threadId]) => this.received(await this.#ports.readOne(threadId))),
      )
    } catch {
      // The next connection asks again.
    }
    await this.flush()
  }

  /** What the server has now, or had at some time: an older one changes nothing. */
  received(stored: StoredDraft): void {
    const { base } = this.#known.get(stored.threadId) ?? EMPTY
    if (stored.version > base.version && this.#person !== undefined) this.#take(stored)
  }

  /** Goes on from what the server has. */
  #take({ threadId, body, replyTo, version }: StoredDraft): void {
    const kept = this.#known.get(threadId) ?? EMPTY
    const theirs: Draft = { text: body, replyTo: replyTo ?? undefined }
    const underWay = this.#underWay.get(threadId)
    // What this device sent comes back while its person writes on.
    const next = underWay && same(underWay, theirs) ? kept : merged(kept, kept.base, theirs)
    this.#known.set(threadId, { text: next.text, replyTo: next.replyTo, base: { ...theirs, version } })
    this.#store(threadId)
    this.#count()
    if (!same(next, kept)) this.#tell(threadId)
    if (!same(next, theirs)) this.#wait(threadId, SEND_AFTER, () => void this.#send(threadId))
  }

  async #send(threadId: string): Promise<void> {
    const kept = this.#known.get(threadId)
    if (!kept || same(kept, kept.base) || this.#underWay.has(threadId) || this.#person === undefined) return
    this.#stopWaiting(threadId)
    this.#store(threadId)
    const person = this.#person
    const draft = this.of(threadId)
    this.#underWay.set(threadId, draft)
    try {
      const stored = await this.#ports.write(threadId, draft, kept.base.version)
      if (this.#person === person) this.received(stored)
    } catch (error) {
      if (this.#person !== person) return
      const current = error instanceof Problem ? error.members.current : undefined
      if (isStored(current)) this.#take(current)
      // Refused for good, because the thread is gone or the text too long: it stays on this device.
      else if (!(error instanceof Problem) || error.retryable || error.status === 401)
        this.#wait(threadId, AGAIN_AFTER, () => void this.#send(threadId))
    } finally {
      if (this.#person === person) this.#underWay.delete(threadId)
    }
  }

  #wait(threadId: string, milliseconds: number, then: () => void): void {
    this.#stopWaiting(threadId)
    this.#timers.set(
      threadId,
      setTimeout(() => {
        this.#timers.delete(threadId)
        then()
      }, milliseconds),
    )
  }

  #stopWaiting(threadId: string): void {
    clearTimeout(this.#timers.get(threadId))
    this.#timers.delete(threadId)
  }

  #store(threadId: string): void {
    const kept = this.#known.get(threadId)
    if (!kept || this.#person === undefined) return
    try {
      this.#storage.setItem(this.#keyOf(threadId), JSON.stringify(kept))
    } catch {
      // The storage is blocked or full: the draft lives in this page and on the server.
    }
  }

  #tell(threadId: string): void {
    const draft = this.of(threadId)
    for (const follower of [...(this.#followers.get(threadId) ?? [])]) follower(draft)
  }

  #count(): void {
    const threads = [...this.#known].filter(([, kept]) => !isEmpty(kept)).map(([threadId]) => threadId)
    const before = this.begun.get()
    if (threads.length !== before.size || threads.some((threadId) => !before.has(threadId)))
      this.begun.set(new Set(threads))
  }

  get #prefix() {
    return `renexus.draft.${this.#person ?? ''}.`
  }

  #keyOf(threadId: string): string {
    return this.#prefix + threadId
  }

  #threadOf(key: string): string | undefined {
    return this.#person !== undefined && key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : undefined
  }

  /** Another tab has kept one. What is being written here counts more. */
  readonly #onStorage = ({ key, newValue }: StorageEvent) => {
    const threadId = key === null ? undefined : this.#threadOf(key)
    if (threadId === undefined || newValue === null || this.#timers.has(threadId)) return
    const before = this.of(threadId)
    this.#known.set(threadId, read(newValue))
    this.#count()
    if (!same(before, this.of(threadId))) this.#tell(threadId)
  }

  readonly #onPageHide = () => {
    for (const threadId of this.#timers.keys()) this.#store(threadId)
  }
}

const same = (one: Draft, other: Draft) => one.text === other.text && one.replyTo === other.replyTo

const isEmpty = ({ text, replyTo }: Draft) => text === '' && replyTo === undefined

/** Both texts, where two devices went on from the same one: whoever writes sees what there is, and nothing is lost. */
function merged(mine: Draft, base: Draft, theirs: Draft): Draft {
  if (same(mine, base) || isEmpty(mine)) return theirs
  if (same(theirs, base) || isEmpty(theirs)) return mine
  const replyTo = mine.replyTo ?? theirs.replyTo
  if (mine.text.startsWith(theirs.text)) return { text: mine.text, replyTo }
  if (theirs.text.startsWith(mine.text)) return { text: theirs.text, replyTo }
  return { text: `${theirs.text}\n\n${mine.text}`, replyTo }
}

/** Takes what it understands: another version of the app may have written it. */
function read(stored: string | null): Kept {
  try {
    const value: unknown = JSON.parse(stored ?? 'null')
    if (!isDraft(value)) return EMPTY
    const base: unknown = 'base' in value ? value.base : undefined
    return {
      text: value.text,
      replyTo: value.replyTo,
      base:
        isDraft(base) && 'version' in base && typeof base.version === 'number'
          ? { text: base.text, replyTo: base.replyTo, version: base.version }
          : EMPTY.base,
    }
  } catch {
    return EMPTY
  }
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'

const isStored = (value: unknown): value is StoredDraft =>
  typeof value === 'object' && value !== null && 'threadId' in value && 'body' in value && 'version' in value
