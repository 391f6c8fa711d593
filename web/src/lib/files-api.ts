import type { FileUpload, FileUploadPart, Page, StoredFile } from '@/api/types'
import { backoff } from './backoff'
import type { PageRequest } from './content-api'
import type { Http } from './http'
import { newId } from './ids'
import { pause } from './pause'
import { Problem, problemOf, Unreachable } from './problem'

export interface UploadOptions {
  /** As people see it. */
  name: string
  /** Media type, such as `image/png`; its content must be that. Left out, it is the blob's. */
  type?: string
  /** The file's id; with the id of an earlier upload that one goes on. */
  id?: string
  /** The thread it is for: whoever does not see that does not see the file. */
  threadId?: string
  /** The SHA-256 of its content, in hex; what arrives must then have it. */
  sha256?: string
  /** Parts that are sent at the same time. */
  parallel?: number
  /** How often in a row nothing may get through before it gives up. */
  attempts?: number
  /** Gives up; what has arrived is kept for a day. */
  signal?: AbortSignal
  /** Told whenever a part has arrived. */
  onProgress?: (sent: number, total: number) => void
  /** Milliseconds to wait after so many failures in a row. */
  delay?: (failures: number) => number
}

const PARALLEL = 3
const ATTEMPTS = 5
/** The bytes are put together and hashed: with large files that takes its time. */
const COMPLETE_TIMEOUT = 120_000

/** Files of a workspace. */
export class FilesApi {
  readonly #http: Http
  readonly #server: string

  constructor(http: Http, server: string) {
    this.#http = http
    this.#server = server
  }

  /** A file, with addresses that are good for some minutes; of an own upload under way, how its bytes are sent. */
  get(id: string, signal?: AbortSignal): Promise<StoredFile> {
    return this.#http.get(`/api/files/${id}`, { signal })
  }

  /** One page of a workspace's files that one sees, newest first; of types that begin so, as `image/`. */
  list(
    workspaceId: string,
    { type, limit, cursor, signal }: PageRequest & { type?: string } = {},
  ): Promise<Page<StoredFile>> {
    return this.#http.get(`/api/workspaces/${workspaceId}/files`, { query: { type, limit, cursor }, signal })
  }

  /** Deletes a file for everybody, wherever it is shown. */
  delete(id: string): Promise<void> {
    return this.#http.delete(`/api/files/${id}`)
  }

  /**
   * Uploads a file and answers it when it is ready. What the server has is not sent again: after a break the upload goes on
   * with the parts that are missing, also when it is called again with the same id.
   */
  async upload(workspaceId: string, bytes: Blob, options: UploadOptions): Promise<StoredFile> {
    const { attempts = ATTEMPTS, delay = backoff, signal } = options
    const upload = new Upload(this.#http, this.#server, workspaceId, bytes, { ...options, id: options.id ?? newId() })
    for (let failures = 0; ; failures++) {
      const before = upload.sent
      try {
        return await upload.attempt()
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof Unreachable || (error instanceof Problem && error.retryable))) throw error
        // What got on counts from the beginning again.
        if (upload.sent > before) failures = 0
        if (failures >= attempts - 1) throw error
        const asked = error instanceof Problem ? (error.retryAfter ?? 0) * 1_000 : 0
        await pause(Math.max(asked, delay(failures)), { signal })
      }
    }
  }
}

class Upload {
  /** Bytes that the server has. */
  sent = 0
  readonly #http: Http
  readonly #server: string
  readonly #workspaceId: string
  readonly #bytes: Blob
  readonly #options: UploadOptions & { id: string }

  constructor(http: Http, server: string, workspaceId: string, bytes: Blob, options: UploadOptions & { id: string }) {
    this.#http = http
    this.#server = server
    this.#workspaceId = workspaceId
    this.#bytes = bytes
    this.#options = options
  }

  async attempt(): Promise<StoredFile> {
    const { id, name, type, threadId, sha256, parallel = PARALLEL, signal } = this.#options
    const { size } = this.#bytes
    const described = {
      id,
      name,
      size,
      type: type ?? (this.#bytes.type || 'application/octet-stream'),
      threadId,
      sha256,
    }
    // The same id again is the same file, with what has arrived of it.
    const reserved = await this.#http.post<StoredFile>(`/api/workspaces/${this.#workspaceId}/files`, described, {
      signal,
    })
    if (!reserved.upload) return reserved

    const parts = reserved.upload.parts ?? [{ number: 0, offset: 0, size, url: reserved.upload.url, isDone: false }]
    this.#tell(parts.filter(({ isDone }) => isDone).reduce((sum, part) => sum + part.size, 0))
    await this.#sendAll(
      reserved.upload,
      parts.filter(({ isDone }) => !isDone),
      parallel,
    )
    return this.#http.post<StoredFile>(`/api/files/${id}/complete`, undefined, { signal, timeout: COMPLETE_TIMEOUT })
  }

  /** Several at a time; the first that fails has no further ones begun, and those under way end. */
  async #sendAll(upload: FileUpload, parts: FileUploadPart[], parallel: number): Promise<void> {
    const broken = new AbortController()
    const { signal: given } = this.#options
    const signal = given ? AbortSignal.any([given, broken.signal]) : broken.signal
    let failure: { error: unknown } | undefined
    const work = async () => {
      for (let part = parts.shift(); part && !failure; part = parts.shift()) {
        try {
          await this.#send(upload, part, signal)
        } catch (error) {
          failure ??= { error }
          broken.abort()
          return
        }
        this.#tell(this.sent + part.size)
      }
    }
    await Promise.all(Array.from({ length: Math.max(1, parallel) }, work))
    if (failure) throw failure.error
  }

  async #send({ method, headers }: FileUpload, part: FileUploadPart, signal: AbortSignal): Promise<void> {
    const body = this.#bytes.slice(part.offset, part.offset + part.size)
    const response = await fetch(new URL(part.url, this.#server), {
      method,
      headers,
      body,
      signal,
      credentials: 'omit',
    }).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new Unreachable(error)
    })
    if (!response.ok) throw await problemOf(response)
  }

  #tell(sent: number): void {
    this.sent = sent
    this.#options.onProgress?.(sent, this.#bytes.size)
  }
}
