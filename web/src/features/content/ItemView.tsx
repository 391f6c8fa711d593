import { SearchX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { ScreenHeader } from '@/components/ScreenHeader'
import { State } from '@/components/State'
import { useQueryClient } from '@tanstack/react-query'
import { contentChannel } from '@/lib/channels'
import { outbox } from '@/lib/client'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'
import { Problem } from '@/lib/problem'
import { useChannel } from '@/lib/react/use-channel'
import { useLasting } from '@/lib/react/use-lasting'
import { usePresence } from '@/lib/react/use-presence'
import { useTitle } from '@/lib/react/use-title'
import { commentsOn, itemWith, sittingsOf } from './api'
import { isInTrash } from './items'
import { ItemMenu } from './ItemMenu'
import { PlainText } from './PlainText'
import type { Rights } from './moves'
import type { NameOf, Person } from './people'
import { StatusBar } from './StatusBar'
import { TextVariants } from './TextVariants'
import { TitleField } from './TitleField'
import { useItem } from './use-content'

export interface ItemViewProps {
  workspaceId: string
  itemId: string
  me: Person
  nameOf: NameOf
  rights: Rights
  back: ReactNode
  status: ReactNode
  /** Where its text is written. */
  editor: (item: ContentItem, mayWrite: boolean) => ReactNode
  /** The files that go with it. */
  media: (item: ContentItem, mayWrite: boolean) => ReactNode
  /** It was deleted from here. */
  onDeleted: () => void
}

/** One item, live: what it is called, how far it has come, what it says and what goes with it. */
export function ItemView(props: ItemViewProps) {
  const { workspaceId, itemId, me, nameOf, rights, back, status, editor, media, onDeleted } = props
  const { item, creation, error, refetch } = useItem(workspaceId, itemId)
  useTitle(item?.title)

  if (creation && !isOnItsWay(creation))
    return (
      <>
        <ScreenHeader title="Content" back={back} actions={status} />
        <NotCreated creation={creation} onGone={onDeleted} />
      </>
    )
  if (error instanceof Problem && (error.status === 404 || error.status === 403))
    return (
      <>
        <ScreenHeader title="Content" back={back} actions={status} />
        <State icon={SearchX} title="This is not here">
          It was deleted, or it is not shared with you.
        </State>
      </>
    )
  if (!item)
    return (
      <>
        <ScreenHeader title="Content" back={back} actions={status} />
        {error ? (
          <ErrorState error={error} title="This could not be loaded" onRetry={() => void refetch()} />
        ) : (
          <LoadingState label="Loading content" rows={6} />
        )}
      </>
    )

  const isLocal = creation !== undefined
  const mayWrite = rights.mayWrite && !isInTrash(item)
  return (
    <>
      <ScreenHeader
        title={<span className="truncate">{item.title}</span>}
        back={back}
        actions={
          <>
            {!isLocal && <Here itemId={itemId} me={me} nameOf={nameOf} />}
            {status}
            <ItemMenu item={item} mayWrite={mayWrite} isLocal={isLocal} onDeleted={onDeleted} />
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-3xl flex-col gap-4 p-6 max-md:p-4">
          {isInTrash(item) && <Notice tone="warning">This is in the trash. Restore it there to go on with it.</Notice>}
          <StatusBar item={item} nameOf={nameOf} rights={{ ...rights, mayWrite }} isLocal={isLocal} />
          <TitleField key={item.id} item={item} mayWrite={mayWrite} />
          <TextVariants item={item} mayWrite={mayWrite} onLook={() => void refetch()}>
            {isLocal ? <SlowlyLocal item={item} /> : editor(item, mayWrite)}
          </TextVariants>
          {media(item, mayWrite)}
        </div>
      </div>
      {!isLocal && <Follow itemId={itemId} />}
    </>
  )
}

/** An answer usually comes before one could begin to write. */
const SAY_AFTER = 700

function SlowlyLocal({ item }: { item: ContentItem }) {
  const lasts = useLasting(true, SAY_AFTER)
  return lasts ? <PlainText item={item} mayWrite /> : <div className="min-h-64" />
}

/** Hears what becomes of the item. */
function Follow({ itemId }: { itemId: string }) {
  const cache = useQueryClient()
  const reload = () => {
    void cache.invalidateQueries({ queryKey: itemWith(itemId).queryKey, exact: true })
    void cache.invalidateQueries({ queryKey: sittingsOf(itemId).queryKey, exact: true })
    void cache.invalidateQueries({ queryKey: commentsOn(itemId).queryKey, exact: true })
  }
  useChannel(contentChannel(itemId), { reset: reload, lost: reload })
  return null
}

const MOST_SHOWN = 4

/** Who else has it open. */
function Here({ itemId, me, nameOf }: { itemId: string; me: Person; nameOf: NameOf }) {
  const others = [...usePresence(contentChannel(itemId))].filter((id) => id !== me.id)
  if (others.length === 0) return null
  const names = others.map(nameOf).join(', ')
  return (
    <span title={`${names} ${others.length === 1 ? 'is' : 'are'} here`} className="flex items-center -space-x-1.5">
      {others.slice(0, MOST_SHOWN).map((id) => (
        <Avatar key={id} id={id} name={nameOf(id)} size="small" />
      ))}
      {others.length > MOST_SHOWN && (
        <span className="pl-2.5 text-xs text-ink-soft">+{others.length - MOST_SHOWN}</span>
      )}
      <span className="sr-only">{names} here</span>
    </span>
  )
}

function NotCreated({ creation, onGone }: { creation: Outgoing; onGone: () => void }) {
  return (
    <State
      icon={TriangleAlert}
      title="This could not be created"
      action={
        <span className="flex gap-2">
          <Button onClick={() => outbox.retry(creation.id)}>Try again</Button>
          <Button
            variant="danger"
            onClick={() => {
              outbox.discard(creation.id)
              onGone()
            }}
          >
            Discard
          </Button>
        </span>
      }
    >
      {creation.failure ?? 'It does not fit with what others did meanwhile.'}
    </State>
  )
}
