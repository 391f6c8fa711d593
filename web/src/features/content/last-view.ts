import { kept } from '@/lib/screen-state'
import { contentFilters, type ContentFilters } from './filters'

/** Under which name the tab keeps how its person looked at a workspace's content last. */
export const lastViewOf = (workspaceId: string) => `content.${workspaceId}`

/** Where the way back from an item leads. */
export const lastFilters = (workspaceId: string): ContentFilters =>
  contentFilters(
    kept<Record<string, unknown>>(
      lastViewOf(workspaceId),
      {},
      (value): value is Record<string, unknown> => typeof value === 'object' && value !== null,
    ),
  )
