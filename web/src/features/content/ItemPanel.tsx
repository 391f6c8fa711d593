import { LoadingState } from '@/components/LoadingState'
import { Tabs } from '@/components/Tabs'
import { useKept } from '@/lib/react/use-kept'
import { isInTrash } from './items'
import { ItemDetails } from './ItemDetails'
import { ItemHistory } from './ItemHistory'
import type { Rights } from './moves'
import type { NameOf, Person } from './people'
import { useItem } from './use-content'

interface ItemPanelProps {
  workspaceId: string
  itemId: string
  people: readonly Person[]
  nameOf: NameOf
  rights: Rights
}

/** Beside an item: what it is, and what became of it. */
export function ItemPanel({ workspaceId, itemId, people, nameOf, rights }: ItemPanelProps) {
  const { item, creation } = useItem(workspaceId, itemId)
  const [tab, setTab] = useKept<string>('item.tab', 'details')
  if (!item) return <LoadingState label="Loading details" />
  const mayWrite = rights.mayWrite && !isInTrash(item)
  const details = <ItemDetails item={item} people={people} nameOf={nameOf} mayWrite={mayWrite} />
  // Before the server has it it has no history.
  if (creation) return <div className="p-4">{details}</div>
  return (
    <div className="p-4 pt-1">
      <Tabs
        label="About this"
        value={tab === 'history' ? tab : 'details'}
        onChange={setTab}
        tabs={[
          { value: 'details', label: 'Details', content: details },
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
