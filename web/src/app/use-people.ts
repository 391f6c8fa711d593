import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { membersOf } from '@/features/workspaces/api'

/** Who is in a workspace, for screens that name people. */
export function usePeople(workspaceId: string) {
  const { data: members } = useQuery(membersOf(workspaceId))
  const people = useMemo(() => members?.map(({ userId, name }) => ({ id: userId, name })) ?? [], [members])
  const nameOf = useCallback(
    // Until the members are here nobody is called a former one.
    (id: string | null) => members?.find(({ userId }) => userId === id)?.name ?? (members ? 'Former member' : '…'),
    [members],
  )
  return { people, nameOf }
}
