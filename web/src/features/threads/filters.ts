import { useState } from 'react'
import { keep, kept } from '@/lib/screen-state'
import type { ThreadFilter } from './thread-list'

const nameOf = (workspaceId: string) => `threads.${workspaceId}`

const filters: readonly unknown[] = ['active', 'unread', 'archived'] satisfies ThreadFilter[]
const isFilter = (value: unknown): value is ThreadFilter => filters.includes(value)

/** Which threads the list of a workspace shows, kept for as long as the tab is. */
export function useThreadFilter(workspaceId: string): [ThreadFilter, (filter: ThreadFilter) => void] {
  const read = () => ({ workspaceId, filter: kept<ThreadFilter>(nameOf(workspaceId), 'active', isFilter) })
  const [chosen, setChosen] = useState(read)
  if (chosen.workspaceId !== workspaceId) setChosen(read())
  return [
    chosen.filter,
    (filter) => {
      setChosen({ workspaceId, filter })
      keep(nameOf(workspaceId), filter)
    },
  ]
}
