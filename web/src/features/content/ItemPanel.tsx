import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { Tabs } from '@/components/Tabs'
import { useKept } from '@/lib/react/use-kept'
import { commentsOn } from './api'
import type { Commenting } from './commenting'
import { isInTrash } from './items'
import { ItemComments } from './ItemComments'
import { ItemDetails } from './ItemDetails'
import { ItemHistory } from './ItemHistory'
import type { Rights } from './moves'
import { NewComment } from './NewComment'
import { OpenComment } from './OpenComment'
import type { NameOf, Person } from './people'
import { useItem } from './use-content'

interface ItemPanelProps {
  workspaceId: string
  itemId: string
  me: Person
  people: readonly Person[]
  nameOf: NameOf
  rights: Rights
  commenting: Commenting
  /** What is said about a place, in its thread. */
  discussion: (threadId: string, mayWrite: boolean) => ReactNode
  /** The beginning of that. */
  preview: (threadId: string) => ReactNode
}

/** Beside an item: what it is, what is said about it, and what became of it. */
export function ItemPanel(props: ItemPanelProps) {
  const { workspaceId, itemId, me, people, nameOf, rights, commenting, discussion, preview } = props
  const { item, creation } = useItem(workspaceId, itemId)
  const [tab, setTab] = useKept<string>('item.tab', 'details')
  const [last, setLast] = useState<string>()
  const {
    data: comments,
    error,
    refetch,
  } = useQuery({ ...commentsOn(itemId), enabled: item !== undefined && creation === undefined })

  if (!item) return <LoadingState label="Loading details" />
  const mayWrite = rights.mayWrite && !isInTrash(item)
  const details = <ItemDetails item={item} people={people} nameOf={nameOf} mayWrite={mayWrite} />
  // Before the server has it there is neither a history nor anybody to discuss it with.
  if (creation) return <div className="p-4">{details}</div>

  const { current, begun, asked } = commenting
  if (begun && mayWrite)
    return (
      <NewComment
        itemId={itemId}
        about={begun}
        people={people}
        onMade={(id) => {
          commenting.begin(undefined)
          commenting.open(id)
        }}
        onCancel={() => commenting.begin(undefined)}
      />
    )

  const open = comments?.find(({ id, threadId }) => id === current || threadId === current)
  if (open)
    return (
      <OpenComment
        key={open.id}
        comment={open}
        nameOf={nameOf}
        mayWrite={mayWrite}
        mayDelete={rights.mayApprove || (mayWrite && open.createdBy === me.id)}
        asked={asked}
        onBack={() => {
          setTab('comments')
          setLast(open.id)
          commenting.open(undefined)
        }}
      >
        {discussion(open.threadId, mayWrite)}
      </OpenComment>
    )

  const isGone = current !== undefined && comments !== undefined
  return (
    <div className="p-4 pt-1">
      <Tabs
        label="About this"
        value={current !== undefined ? 'comments' : ['comments', 'history'].includes(tab) ? tab : 'details'}
        onChange={(chosen) => {
          setTab(chosen)
          setLast(undefined)
          if (current !== undefined) commenting.open(undefined)
        }}
        tabs={[
          { value: 'details', label: 'Details', content: details },
          {
            value: 'comments',
            label: 'Comments',
            ...(comments && { count: comments.filter(({ resolved }) => !resolved).length }),
            content: (
              <div className="flex flex-col gap-3">
                {isGone && <Notice tone="warning">That comment is not there any more.</Notice>}
                <ItemComments
                  comments={comments}
                  error={error}
                  onRetry={() => void refetch()}
                  nameOf={nameOf}
                  mayWrite={mayWrite}
                  last={last}
                  preview={preview}
                  onOpen={commenting.open}
                />
              </div>
            ),
          },
          {
            value: 'history',
            label: 'History',
            content: <ItemHistory item={item} nameOf={nameOf} mayWrite={mayWrite} />,
          },
        ]}
      />
    </div>
  )
}
