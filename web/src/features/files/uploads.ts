import type { StoredFile } from '@/api/types'
import { backoff } from '@/lib/backoff'
import { pause, reasonOf } from '@/lib/pause'
import { Problem, problemOf, Unreachable } from '@/lib/problem'
import { complete, fileWith, reserve, type NewFile } from './api'
import { reachable } from './links'
import { posterOf } from './posters'
import type { QueryClient } from '@tanstack/react-query'

export interface UploadNews {
  /** Bytes that the server has, or is being sent. */
  sent: number
  /** The way to the server is broken: it goes on by itself when it is back. */
  isWaiting: boolean
}

export interface UploadOptions {
  workspaceId: string
  id: string
  threadId?: string | undefined
  signal: AbortSignal
  onNews: (news: UploadNews) => void
}

/** What is sent, with what its sender says about it; a type that no browser knows is left to the server. */
const described = (file: File, id: string, threadId: string | undefined): NewFile => ({
  id,
  name: file.name === '' ? 'file' : file.name,
  size: file.size,
  type: file.type === '' ? 'application/octet-stream' : file.type,
  ...(threadId !== undefined && { threadId }),
})

/**
 * Uploads a file and answers it when it is ready. A broken way is waited out, and what the server has is not sent again: it is asked which parts are there. Only what the
 * server refuses ends it, and the signal.
 */
export async function upload(file: File, options: UploadOptions): Promise<StoredFile> {
  const { signal, onNews } = options
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(file, options)
    } catch (error) {
      signal.throwIfAborted()
      const mayHeal = error instanceof Unreachable || (error instanceof Problem && error.retryable)
      if (!mayHeal) throw error
      onNews({ sent: 0, isWaiting: true })
      await pause(backoff(failures), { signal, untilOnline: true })
    }
  }
}

async function attempt(file: File, { workspaceId, id, threadId, signal, onNews }: UploadOptions): Promise<StoredFile> {
  // The same id again is the same file, with what has arrived of it.
  const reserved = await reserve(workspaceId, described(file, id, threadId), signal)
  if (reserved.status === 'ready') return reserved
  const upload = reserved.upload
  if (!upload) throw new Problem('conflict', 'The server does not say where the file is to be sent.')

  const parts = upload.parts ?? [{ number: 0, offset: 0, size: file.size, url: upload.url, isDone: false }]
  let done = parts.filter((part) => part.isDone).reduce((sum, part) => sum + part.size, 0)
  onNews({ sent: done, isWaiting: false })
  for (const part of parts) {
    if (part.isDone) continue
    const before = done
    await put(reachable(part.url), upload.headers, file.slice(part.offset, part.offset + part.size), signal, (sent) =>
      onNews({ sent: before + sent, isWaiting: false }),
    )
    done += part.size
  }
  if (upload.posterUrl != null) await sendPoster(file, upload.posterUrl, signal)
  return complete(id, signal)
}

/** A video does without it, where it cannot be made here or is not taken. */
async function sendPoster(file: File, url: string, signal: AbortSignal) {
  const poster = await posterOf(file)
  if (!poster) return
  try {
    await put(reachable(url), { 'Content-Type': poster.type }, poster, signal, () => undefined)
  } catch (error) {
    if (!(error instanceof Problem) || error.retryable) throw error
  }
}

/** By XMLHttpRequest, which alone says how far it is. */
function put(
  url: string,
  headers: Readonly<Record<string, string>>,
  bytes: Blob,
  signal: AbortSignal,
  onSent: (sent: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    const abort = () => request.abort()
    signal.addEventListener('abort', abort)
    request.upload.onprogress = ({ loaded }) => onSent(loaded)
    request.onloadend = () => signal.removeEventListener('abort', abort)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve()
        return
      }
      const init = {
        status: request.status,
        headers: { 'Retry-After': request.getResponseHeader('Retry-After') ?? '' },
      }
      void problemOf(new Response(request.responseText, init)).then(reject)
    }
    request.onerror = () => reject(new Unreachable())
    request.onabort = () => reject(reasonOf(signal))
    request.send(bytes)
  })
}

/** What was just uploaded is known already. */
export const remember = (cache: QueryClient, file: StoredFile) => cache.setQueryData(fileWith(file.id).queryKey, file)
