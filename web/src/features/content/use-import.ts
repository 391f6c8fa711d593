import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ContentItem } from '@/api/types'
import { describe } from '@/components/problem-form'
import { newId } from '@/lib/ids'
import { Problem } from '@/lib/problem'
import { importArchive, importItem } from './api'
import { putItem } from './changes'
import { isArchive, nameWithoutEnding, objectionTo, textOfFile, Unusable } from './markdown-files'

/** A file that becomes an item, or did, or cannot. */
export interface Import {
  /** Also the item's. */
  id: string
  name: string
  item?: ContentItem
  error?: string
  /** Trying again may help. */
  mayRetry?: boolean
}

/** All that the server has against it: nobody can correct a field here, only the file. */
function reasonOf(failure: unknown): string {
  if (failure instanceof Unusable) return failure.message
  const faults = failure instanceof Problem ? Object.values(failure.errors).flat() : []
  return faults.length > 0 ? faults.join(' ') : describe(failure)
}

/** Imports files one after another, so that they stand in the order in which they were given. */
export function useImport(workspaceId: string) {
  const cache = useQueryClient()
  const [list, setList] = useState<readonly Import[]>([])
  const files = useRef(new Map<string, File>())
  const line = useRef(Promise.resolve())
  const isHere = useRef(true)
  useEffect(() => {
    isHere.current = true
    return () => void (isHere.current = false)
  }, [])

  const change = (id: string, news: Partial<Import>) =>
    setList((known) => known.map((one) => (one.id === id ? { ...one, ...news } : one)))

  const run = async (id: string) => {
    const file = files.current.get(id)
    if (!file || !isHere.current) return
    try {
      const objection = objectionTo(file)
      if (objection !== undefined) throw new Unusable(objection)
      const name = nameWithoutEnding(file.name)
      const item = isArchive(file)
        ? await importArchive(workspaceId, { id, name, archive: file })
        : await importItem(workspaceId, { id, name, markdown: await textOfFile(file) })
      putItem(cache, item)
      change(id, { item })
    } catch (failure) {
      change(id, { error: reasonOf(failure), mayRetry: !(failure instanceof Unusable) })
    }
  }
  const enqueue = (id: string) => void (line.current = line.current.then(() => run(id)))

  return {
    list,
    add: (some: readonly File[]) => {
      const added = some.map((file) => ({ id: newId(), name: file.name, file }))
      for (const { id, file } of added) files.current.set(id, file)
      setList((known) => [...known, ...added.map(({ id, name }) => ({ id, name }))])
      for (const { id } of added) enqueue(id)
    },
    retry: (id: string) => {
      setList((known) => known.map((one) => (one.id === id ? { id, name: one.name } : one)))
      enqueue(id)
    },
  }
}
