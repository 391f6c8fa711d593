import { useCallback } from 'react'
import type { User } from '@/api/types'
import { ThreadWithFiles } from './ThreadWithFiles'

interface DiscussionProps {
  workspaceId: string
  threadId: string
  me: User
  people: readonly { id: string; name: string }[]
  nameOf: (userId: string | null) => string
  mayWrite: boolean
  mayModerate: boolean
}

/** A thread beside what it is about. Give it the thread's id as its key. */
export function Discussion({ people, nameOf, ...props }: DiscussionProps) {
  const authorOf = useCallback((id: string | null) => ({ id: id ?? 'gone', name: nameOf(id) }), [nameOf])
  return (
    <ThreadWithFiles
      {...props}
      isPart
      people={people}
      authorOf={authorOf}
      onUnlink={() => undefined}
      onDeleted={() => undefined}
    />
  )
}
