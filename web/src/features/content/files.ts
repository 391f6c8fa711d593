import { useQueries, type UseQueryOptions } from '@tanstack/react-query'
import { createContext, useContext, type ReactNode } from 'react'
import type { ContentItem, StoredFile } from '@/api/types'
import type { PictureAddress } from './editor'
import { namesOfFiles } from './plain'

/** What content shows of files, which belong to a feature of their own: the app brings the two together. */
export interface ContentFiles {
  /** What is known of one. */
  query: (fileId: string) => UseQueryOptions<StoredFile, Error, StoredFile, string[]>
  /** A small view of one by which it is opened. */
  preview: (fileId: string) => ReactNode
  /** Where a picture that a text names can be loaded from; undefined when it is none that is kept here. */
  addressOf: (source: string) => PictureAddress | undefined
}

export const ContentFilesContext = createContext<ContentFiles | undefined>(undefined)

export function useContentFiles(): ContentFiles {
  const files = useContext(ContentFilesContext)
  if (!files) throw new Error('There is no ContentFilesContext around this.')
  return files
}

/** What the files are called that go with some states of an item. */
export function useFileNames(
  ...states: readonly (Pick<ContentItem, 'media'> | undefined)[]
): ReadonlyMap<string, string> {
  const { query } = useContentFiles()
  const ids = [...new Set(states.flatMap((state) => state?.media.flatMap(({ fileId }) => fileId ?? []) ?? []))]
  return useQueries({
    queries: ids.map((id) => query(id)),
    combine: (answers) => namesOfFiles(ids.map((id, at) => ({ id, name: answers[at]?.data?.name }))),
  })
}
