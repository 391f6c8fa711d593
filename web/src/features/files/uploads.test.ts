import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { FileUploadPart, StoredFile } from '@/api/types'
import { Unreachable } from '@/lib/problem'
import * as api from './api'
import { upload, type UploadNews } from './uploads'

vi.mock('./api')
vi.mock('@/lib/backoff', () => ({ backoff: () => 0 }))

const stored = (more: Partial<StoredFile>): StoredFile => ({
  id: 'f',
  workspaceId: 'w',
  name: 'film.bin',
  size: 10,
  type: 'application/x-film',
  status: 'pending',
  createdBy: null,
  createdAt: '2026-11-27T12:00:00.000Z',
  ...more,
})

const parts = (...done: boolean[]): FileUploadPart[] =>
  done.map((isDone, index) => ({ number: index + 1, offset: index * 5, size: 5, url: `/u?part=${index + 1}`, isDone }))

const pending = (...done: boolean[]) =>
  stored({
    upload: { method: 'PUT', url: '/u', headers: {}, expiresAt: '', parts: parts(...done) },
  })

/** What the server answers each PUT: a status, or undefined for a connection that breaks. */
let answers: (number | undefined)[]
let sent: string[]

class FakeRequest {
  upload: { onprogress?: (event: { loaded: number }) => void } = {}
  status = 0
  responseText = '{}'
  onload?: () => void
  onloadend?: () => void
  onerror?: () => void
  onabort?: () => void
  #url = ''
  open(_: string, url: string) {
    this.#url = url
  }
  setRequestHeader() {
    // What they are is the server's business.
  }
  getResponseHeader() {
    return null
  }
  abort() {
    this.onabort?.()
  }
  send(bytes: Blob) {
    sent.push(`${this.#url.split('?')[1] ?? 'all'}:${bytes.size}`)
    const answer = answers.shift()
    queueMicrotask(() => {
      this.upload.onprogress?.({ loaded: bytes.size })
      if (answer === undefined) this.onerror?.()
      else {
        this.status = answer
        this.onload?.()
      }
      this.onloadend?.()
    })
  }
}

describe('an upload', () => {
  const file = new File(['0123456789'], 'film.bin', { type: 'application/x-film' })
  let news: UploadNews[]
  const run = (signal = new AbortController().signal) =>
    upload(file, { workspaceId: 'w', id: 'f', signal, onNews: (one) => void news.push(one) })

  beforeEach(() => {
    ;[answers, sent, news] = [[], [], []]
    vi.stubGlobal('XMLHttpRequest', FakeRequest)
    vi.mocked(api.complete).mockResolvedValue(stored({ status: 'ready' }))
  })

  it('sends all parts and says how far it is', async () => {
    vi.mocked(api.reserve).mockResolvedValue(pending(false, false))
    answers = [204, 204]
    expect((await run()).status).toBe('ready')
    expect(sent).toEqual(['part=1:5', 'part=2:5'])
    expect(news.map((one) => one.sent)).toEqual([0, 5, 10])
  })

  it('goes on with what is missing after the way broke', async () => {
    vi.mocked(api.reserve)
      .mockResolvedValueOnce(pending(false, false))
      .mockRejectedValueOnce(new Unreachable())
      .mockResolvedValueOnce(pending(true, false))
    answers = [204, undefined, 204]
    expect((await run()).status).toBe('ready')
    expect(sent).toEqual(['part=1:5', 'part=2:5', 'part=2:5'])
    expect(news.some((one) => one.isWaiting)).toBe(true)
  })

  it('ends with what the server refuses', async () => {
    vi.mocked(api.reserve).mockResolvedValue(pending(false, false))
    answers = [413]
    await expect(run()).rejects.toMatchObject({ status: 413 })
    expect(sent).toEqual(['part=1:5'])
  })

  it('stops when it is told to', async () => {
    vi.mocked(api.reserve).mockRejectedValue(new Unreachable())
    const stop = new AbortController()
    const running = run(stop.signal)
    stop.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })
})
