import { CheckCheck, Send, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { When } from '@/components/When'
import { useStore } from '@/lib/react/use-store'
import { changeItem } from './api'
import { ApproveDialog } from './ApproveDialog'
import { voided } from './changes'
import type { Rights } from './moves'
import type { NameOf } from './people'
import { StatusBadge } from './StatusBadge'
import { useIsUnsent } from './use-content'

interface StatusBarProps {
  item: ContentItem
  nameOf: NameOf
  rights: Rights
  /** It is not on the server yet. */
  isLocal: boolean
}

/** How far an item has come, and the next step with it. */
export function StatusBar({ item, nameOf, rights, isLocal }: StatusBarProps) {
  const { status, approval } = item
  const [isApproving, setIsApproving] = useState(false)
  const isUnsent = useIsUnsent(item.id)
  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-h-control flex-wrap items-center gap-2 text-sm">
        <StatusBadge status={status} />
        {approval && (
          <span className="text-ink-soft">
            by {nameOf(approval.by)}, <When at={approval.at} />
          </span>
        )}
        <span className="flex flex-1 flex-wrap justify-end gap-2">
          {status === 'draft' && rights.mayWrite && (
            <Button size="small" onClick={() => changeItem(item, { status: 'in_review' })}>
              <Send aria-hidden className="size-3.5" />
              Ask for review
            </Button>
          )}
          {status === 'in_review' && rights.mayWrite && (
            <Button size="small" variant="quiet" onClick={() => changeItem(item, { status: 'draft' })}>
              <Undo2 aria-hidden className="size-3.5" />
              Take back
            </Button>
          )}
          {status === 'approved' && rights.mayWrite && (
            <Button size="small" variant="quiet" onClick={() => changeItem(item, { status: 'draft' })}>
              <Undo2 aria-hidden className="size-3.5" />
              Make it a draft
            </Button>
          )}
          {status === 'in_review' && rights.mayApprove && !isLocal && (
            <Button size="small" variant="primary" disabled={isUnsent} onClick={() => setIsApproving(true)}>
              <CheckCheck aria-hidden className="size-3.5" />
              Approve…
            </Button>
          )}
        </span>
      </div>
      <VoidedNotice item={item} nameOf={nameOf} />
      <ApproveDialog itemId={isApproving ? item.id : undefined} onClose={() => setIsApproving(false)} />
    </div>
  )
}

/** That an approval ended is said to whoever looks at the item, and stays until the next step. */
function VoidedNotice({ item, nameOf }: { item: ContentItem; nameOf: NameOf }) {
  const last = useStore(voided)
  if (last?.itemId !== item.id || item.status !== 'draft') return null
  const name = last.changedBy === null ? undefined : nameOf(last.changedBy)
  if (last.isTakenBack) return <Notice tone="info">{name ?? 'Somebody'} took the approval back.</Notice>
  return (
    <Notice tone="warning">
      {name === undefined ? 'A change' : `A change by ${name}`} voided the approval by {nameOf(last.approvedBy)}: it is
      a draft again. The history shows what is different.
    </Notice>
  )
}
