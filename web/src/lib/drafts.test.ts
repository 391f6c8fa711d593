import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Drafts, type Draft, type StoredDraft } from './drafts'
import { Problem, Unreachable } from './problem'

const THREAD = 'thread-1'

/** What the server does, and who hears of it. */
class FakeServer {
  readonly stored = new Map<string, StoredDraft>()
  readonly devices: Drafts[] = []
  isReachable = true
  /** The write is done, and its answer does not come. */
  losesAnswers = false
  writes = 0

  ports(person: () => string | undefined, storage: Storage) {
    return {
      person,
      storage,
      read: () => this.#reach(() => [...this.stored.values()].filter(({ body, replyTo }) => body !== '' || replyTo)),
      readOne: (threadId: string) => this.#reach(() => this.of(threadId)),
      write: (threadId: string, draft: Draft, version: number) =>
        this.#reach(() => {
          this.writes++
          const current = this.of(threadId)
          if (current.body === draft.text && current.replyTo === (draft.replyTo ?? null)) return current
          if (current.version !== version)
            throw new Problem('precondition_failed', 'No.', { status: 412, members: { current } })
          const next = { threadId, body: draft.text, replyTo: draft.replyTo ?? null, version: version + 1 }
          this.stored.set(threadId, next)
          for (const device of this.devices) device.received(next)
          if (this.losesAnswers) throw new Unreachable()
          return next
        }),
    }
  }

  of(threadId: string): StoredDraft {
    return this.stored.get(threadId) ?? { threadId, body: '', replyTo: null, version: 0 }
  }

  async #reach<T>(answer: () => T): Promise<T> {
    await Promise.resolve()
    if (!this.isReachable) throw new Unreachable()
    return answer()
  }
}

function storage(): Storage {
  const map: Record<string, string> = {}
  return Object.defineProperties(map as unknown as Storage, {
    getItem: { value: (key: string) => map[key] ?? null },
    setItem: { value: (key: string, value: string) => void (map[key] = value) },
  })
}

describe('drafts', () => {
  let server: FakeServer
  let person: string | undefined

  function device(kept = storage()): Drafts {
    const drafts = new Drafts(server.ports(() => person, kept))
    drafts.open()
    return drafts
  }

  const connected = (...devices: Drafts[]) => server.devices.push(...devices)

  beforeEach(() => {
    vi.useFakeTimers()
    server = new FakeServer()
    person = 'ada'
  })
  afterEach(() => vi.useRealTimers())

  it('DR4 what was written is sent once, after a pause, and comes to the other devices', async () => {
    const [desk, phone] = [device(), device()]
    connected(desk, phone)
    const seen = vi.fn()
    phone.follow(THREAD, seen)

    for (const text of ['H', 'He', 'Hel']) {
      desk.keep(THREAD, { text })
      await vi.advanceTimersByTimeAsync(200)
    }
    await vi.advanceTimersByTimeAsync(2_000)

    expect(server.of(THREAD)).toMatchObject({ body: 'Hel', version: 1 })
    expect(server.writes).toBe(1)
    expect(seen).toHaveBeenCalledExactlyOnceWith({ text: 'Hel' })
    expect(phone.begun.get()).toEqual(new Set([THREAD]))
  })

  it('DR4 a draft outlives a restart and is sent when the server can be reached again', async () => {
    const kept = storage()
    server.isReachable = false
    device(kept).keep(THREAD, { text: 'On the train', replyTo: 'm1' })
    await vi.advanceTimersByTimeAsync(400)

    const after = device(kept)
    expect(after.of(THREAD)).toEqual({ text: 'On the train', replyTo: 'm1' })
    server.isReachable = true
    await after.refresh()

    expect(server.of(THREAD)).toMatchObject({ body: 'On the train', replyTo: 'm1' })
  })

  it('DR4 a page that goes keeps what was typed a moment ago', () => {
    const kept = storage()
    device(kept).keep(THREAD, { text: 'Just' })
    window.dispatchEvent(new Event('pagehide'))
    expect(device(kept).of(THREAD).text).toBe('Just')
  })

  it('DR4 a lost answer is no other text: it is tried again and stands once', async () => {
    const desk = device()
    server.losesAnswers = true
    desk.keep(THREAD, { text: 'Once' })
    await vi.advanceTimersByTimeAsync(2_000)
    server.losesAnswers = false
    desk.keep(THREAD, { text: 'Once more' })
    await vi.advanceTimersByTimeAsync(60_000)

    expect(desk.of(THREAD).text).toBe('Once more')
    expect(server.of(THREAD)).toMatchObject({ body: 'Once more', version: 2 })
  })

  it('DR5 two devices that wrote without each other keep both texts', async () => {
    const [desk, phone] = [device(), device()]
    server.isReachable = false
    desk.keep(THREAD, { text: 'From the desk' })
    phone.keep(THREAD, { text: 'From the phone' })
    await vi.advanceTimersByTimeAsync(400)
    server.isReachable = true
    connected(desk, phone)
    await desk.refresh()
    await phone.refresh()
    await vi.advanceTimersByTimeAsync(5_000)

    expect(server.of(THREAD).body).toBe('From the desk\n\nFrom the phone')
    expect(desk.of(THREAD)).toEqual(phone.of(THREAD))
  })

  it('DR5 what one goes on writing while the last text is under way is not put beside itself', async () => {
    const desk = device()
    connected(desk)
    desk.keep(THREAD, { text: 'Hello' })
    await vi.advanceTimersByTimeAsync(1_500 - 1)
    const sent = vi.advanceTimersByTimeAsync(1)
    desk.keep(THREAD, { text: 'Jello' })
    await sent
    await vi.advanceTimersByTimeAsync(5_000)

    expect(desk.of(THREAD).text).toBe('Jello')
    expect(server.of(THREAD).body).toBe('Jello')
  })

  it('DR5 another tab of this browser shows it, unless something is written there', () => {
    const kept = storage()
    const [here, there] = [device(kept), device(kept)]
    here.keep(THREAD, { text: 'Here' })
    window.dispatchEvent(new Event('pagehide'))
    const [key = ''] = Object.keys(kept)
    window.dispatchEvent(new StorageEvent('storage', { key, newValue: kept.getItem(key) }))
    expect(there.of(THREAD).text).toBe('Here')
  })

  it('DR6 a sent draft is gone on every device, also on one that was away', async () => {
    const [desk, phone] = [device(), device()]
    connected(desk, phone)
    desk.keep(THREAD, { text: 'Ready' })
    await vi.advanceTimersByTimeAsync(2_000)
    server.devices.splice(1)

    desk.keep(THREAD, { text: '' })
    await vi.advanceTimersByTimeAsync(2_000)
    await phone.refresh()

    expect(server.of(THREAD)).toMatchObject({ body: '', version: 2 })
    expect([desk.of(THREAD).text, phone.of(THREAD).text]).toEqual(['', ''])
    expect(phone.begun.get().size).toBe(0)
  })

  it('DR6 an older version that comes late changes nothing', async () => {
    const desk = device()
    connected(desk)
    desk.keep(THREAD, { text: 'New' })
    await vi.advanceTimersByTimeAsync(2_000)
    desk.received({ threadId: THREAD, body: 'Old', replyTo: null, version: 1 })
    expect(desk.of(THREAD).text).toBe('New')
  })

  it('goes on from a server whose versions began anew', async () => {
    const desk = device()
    desk.received({ threadId: THREAD, body: 'Before the restore', replyTo: null, version: 9 })
    server.stored.set(THREAD, { threadId: THREAD, body: 'Restored', replyTo: null, version: 2 })
    desk.keep(THREAD, { text: 'Before the restore, and after' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.of(THREAD)).toMatchObject({ body: 'Restored\n\nBefore the restore, and after', version: 3 })
  })

  it('keeps and sends nothing of whoever is signed out', async () => {
    const kept = storage()
    const drafts = device(kept)
    drafts.keep(THREAD, { text: 'Mine' })
    drafts.close()
    person = undefined
    drafts.keep(THREAD, { text: "Nobody's" })
    await vi.advanceTimersByTimeAsync(60_000)
    expect([server.writes, Object.keys(kept)]).toEqual([0, []])
    expect(drafts.of(THREAD).text).toBe('')
  })
})
