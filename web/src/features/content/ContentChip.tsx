import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ContentLink } from '@/lib/content-links'
import { contentOf, summaryOf } from './api'
import { isInTrash } from './items'
import { KindIcon } from './KindIcon'

interface ContentChipProps {
  link: ContentLink
  /** For those who may not see the item, and while it is not known. */
  children: ReactNode
}

/** An item where a text names it: what it is and what it is called, as it is called now. */
export function ContentChip({ link: { workspaceId, itemId }, children }: ContentChipProps) {
  // What the lists know is there at once, and where there is no network.
  const { data: listed } = useQuery({
    ...contentOf(workspaceId),
    enabled: false,
    select: (items) => items.find(({ id }) => id === itemId),
  })
  const { data: asked } = useQuery({ ...summaryOf(itemId), enabled: listed === undefined })
  const item = listed ?? asked
  // An address may name another workspace than the one that the item is in.
  if (item?.workspaceId !== workspaceId) return children
  return (
    <Link
      to="/w/$workspaceId/c/$itemId"
      params={{ workspaceId, itemId }}
      data-content={itemId}
      className="inline-flex max-w-full items-center gap-1.5 rounded-md border border-line bg-ground px-1.5 align-middle text-sm font-medium hover:border-line-control hover:bg-hover"
    >
      <KindIcon kind={item.kind} />
      <span className="truncate">{item.title}</span>
      {isInTrash(item) && <span className="shrink-0 text-xs text-ink-soft">in the trash</span>}
    </Link>
  )
}
