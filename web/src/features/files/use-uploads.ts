import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { StoredFile } from '@/api/types'
import { describe } from '@/components/problem-form'
import { newId } from '@/lib/ids'
import { removeFile } from './api'
import { remember, upload } from './uploads'

/** A file on its way, or there. */
export interface Upload {
  id: string
  name: string
  size: number
  type: string
  /** 0 to 100. */
  progress: number
  isWaiting: boolean
  /** Why it ended without a file. */
  error?: string
  file?: StoredFile
  /** A picture to look at meanwhile. */
  preview?: string
}

interface UploadsOptions {
  workspaceId: string
  threadId?: string | undefined
  /** Takes what is ready, which then leaves the list. */
  onReady?: (file: StoredFile) => void
}

export interface Uploads {
  list: readonly Upload[]
  add: (files: Iterable<File>) => void
  /** Stops it, and takes it back where it is there already. */
  remove: (id: string) => void
  retry: (id: string) => void
  /** They belong to something now. */
  clear: () => void
}

/** Files that are uploaded from one place of the screen; they stop with it. */
export function useUploads({ workspaceId, threadId, onReady }: UploadsOptions): Uploads {
  const cache = useQueryClient()
  const [list, setList] = useState<readonly Upload[]>([])
  const running = useRef(new Map<string, { source: File; stop: AbortController }>())
  const ready = useRef(onReady)
  useEffect(() => void (ready.current = onReady))

  const change = useCallback(
    (id: string, news: Partial<Upload>) =>
      setList((known) => known.map((one) => (one.id === id ? { ...one, ...news } : one))),
    [],
  )

  const drop = useCallback((ids: readonly string[]) => {
    setList((known) => {
      for (const { id, preview } of known) if (preview !== undefined && ids.includes(id)) URL.revokeObjectURL(preview)
      return known.filter(({ id }) => !ids.includes(id))
    })
    for (const id of ids) running.current.delete(id)
  }, [])

  const run = useCallback(
    async (id: string, source: File) => {
      const stop = new AbortController()
      running.current.set(id, { source, stop })
      try {
        const file = await upload(source, {
          workspaceId,
          id,
          threadId,
          signal: stop.signal,
          onNews: ({ sent, isWaiting }) =>
            change(id, {
              isWaiting,
              ...(!isWaiting && { progress: source.size === 0 ? 100 : Math.floor((sent * 100) / source.size) }),
            }),
        })
        remember(cache, file)
        if (ready.current) {
          drop([id])
          ready.current(file)
        } else change(id, { file, progress: 100, isWaiting: false })
      } catch (error) {
        if (!stop.signal.aborted) change(id, { error: describe(error), isWaiting: false })
      }
    },
    [cache, change, drop, threadId, workspaceId],
  )

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const source of files) {
        const id = newId()
        const preview = source.type.startsWith('image/') ? { preview: URL.createObjectURL(source) } : {}
        setList((known) => [
          ...known,
          { id, name: source.name, size: source.size, type: source.type, progress: 0, isWaiting: false, ...preview },
        ])
        void run(id, source)
      }
    },
    [run],
  )

  const remove = useCallback(
    (id: string) => {
      running.current.get(id)?.stop.abort()
      drop([id])
      // Nobody else has it; what cannot be taken back now is removed by the server later.
      void removeFile(id).catch(() => undefined)
    },
    [drop],
  )

  const retry = useCallback(
    (id: string) => {
      const known = running.current.get(id)
      if (!known) return
      setList((all) =>
        all.map((one) => {
          if (one.id !== id) return one
          const { error: _, ...again } = one
          return again
        }),
      )
      void run(id, known.source)
    },
    [run],
  )

  const clear = useCallback(() => drop([...running.current.keys()]), [drop])

  useEffect(() => {
    const all = running.current
    return () => all.forEach(({ stop }) => stop.abort())
  }, [])

  return { list, add, remove, retry, clear }
}
