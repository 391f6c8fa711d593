import { useSuspenseQuery } from '@tanstack/react-query'
import type { Workspace } from '@/api/types'
import { workspaces } from '@/features/workspaces/api'

/** The workspace of a screen inside it; the screen around has made sure that the person is in it. */
export function useWorkspace(workspaceId: string): Workspace | undefined {
  const { data } = useSuspenseQuery({
    ...workspaces,
    select: (known) => known.find((workspace) => workspace.id === workspaceId),
  })
  return data
}
