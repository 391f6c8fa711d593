import { Link } from '@tanstack/react-router'
import { CalendarDays, Columns3, Filter, List, Newspaper, Plus, SearchX, X, type LucideIcon } from 'lucide-react'
import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { Count } from '@/components/Badge'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { ErrorState } from '@/components/ErrorState'
import { inputLook } from '@/components/Field'
import { LoadingState } from '@/components/LoadingState'
import { Popover } from '@/components/Popover'
import { ScreenHeader } from '@/components/ScreenHeader'
import { Select } from '@/components/Select'
import { State } from '@/components/State'
import { useDroppedFiles } from '@/lib/react/use-dropped-files'
import { keep } from '@/lib/screen-state'
import { Board } from './Board'
import { CalendarView } from './CalendarView'
import { labelsOf, listed, narrowing, NOBODY, type ContentFilters } from './filters'
import { importing } from './importing'
import { ItemList } from './ItemList'
import { lastViewOf } from './last-view'
import type { Rights } from './moves'
import { beginning } from './new-item'
import type { NameOf, Person } from './people'
import { useContent } from './use-content'
import { kinds, nameOfKind, nameOfStatus, statuses } from './words'

export interface ContentScreenProps {
  workspaceId: string
  filters: ContentFilters
  onFilters: (filters: ContentFilters) => void
  people: readonly Person[]
  nameOf: NameOf
  rights: Rights
  back: ReactNode
  status: ReactNode
  /** What else can be done with all of it. */
  menu: ReactNode
}

/** Everything that a workspace writes: as a list, as a board and on a calendar, all of the same filters. */
export function ContentScreen(props: ContentScreenProps) {
  const { workspaceId, filters, onFilters, people, nameOf, rights, back, status, menu } = props
  const { items, error, refetch } = useContent(workspaceId)
  const wanted = useDeferredValue(filters)
  const shown = useMemo(() => items && listed(items, wanted), [items, wanted])
  useEffect(() => keep(lastViewOf(workspaceId), filters), [workspaceId, filters])
  const screen = useRef<HTMLDivElement>(null)
  const isOver = useDroppedFiles(screen, (files) => rights.mayWrite && importing.set(files))

  return (
    <div ref={screen} className={cx('flex min-h-0 flex-1 flex-col', isOver && rights.mayWrite && 'bg-selected')}>
      <ScreenHeader
        title="Content"
        back={back}
        actions={
          <>
            {status}
            {menu}
            {rights.mayWrite && (
              <Button variant="primary" onClick={() => beginning.set({})} aria-label="New content">
                <Plus aria-hidden className="size-4" />
                <span className="max-sm:hidden">New</span>
              </Button>
            )}
          </>
        }
      />
      <Toolbar items={items ?? []} {...{ workspaceId, filters, onFilters, people }} />
      {items && shown ? (
        items.length === 0 ? (
          <NoContent mayWrite={rights.mayWrite} />
        ) : shown.length === 0 && filters.view !== 'calendar' ? (
          <State
            icon={SearchX}
            title="Nothing is like that"
            action={<Button onClick={() => onFilters(withoutFilters(filters))}>Show everything</Button>}
          >
            Nothing among {items.length === 1 ? 'one item' : `${items.length} items`} answers what you look for.
          </State>
        ) : filters.view === 'board' ? (
          <Board items={shown} nameOf={nameOf} rights={rights} />
        ) : filters.view === 'calendar' ? (
          <CalendarView items={shown} filters={filters} onFilters={onFilters} mayWrite={rights.mayWrite} />
        ) : (
          <ItemList items={shown} nameOf={nameOf} label="Items" />
        )
      ) : error ? (
        <ErrorState error={error} title="The content could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading content" rows={8} />
      )}
    </div>
  )
}

const withoutFilters = ({ view, span, on, sort }: ContentFilters): ContentFilters => ({
  ...(view && { view }),
  ...(span && { span }),
  ...(on && { on }),
  ...(sort && { sort }),
})

const NoContent = ({ mayWrite }: { mayWrite: boolean }) => (
  <State
    icon={Newspaper}
    title="Nothing is written yet"
    action={
      mayWrite && (
        <Button variant="primary" onClick={() => beginning.set({})}>
          Write the first
        </Button>
      )
    }
  >
    {mayWrite
      ? 'Posts, articles and videos that your team writes together, from the first draft to the approval.'
      : 'What your team writes appears here.'}
  </State>
)

interface ToolbarProps {
  workspaceId: string
  items: readonly ContentItem[]
  filters: ContentFilters
  onFilters: (filters: ContentFilters) => void
  people: readonly Person[]
}

function Toolbar({ workspaceId, items, filters, onFilters, people }: ToolbarProps) {
  const { q, ...others } = filters
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2 max-md:px-2">
      <nav aria-label="How it is shown" className="flex rounded-lg border border-line p-0.5">
        <View workspaceId={workspaceId} filters={filters} icon={List} label="List" />
        <View workspaceId={workspaceId} filters={filters} view="board" icon={Columns3} label="Board" />
        <View workspaceId={workspaceId} filters={filters} view="calendar" icon={CalendarDays} label="Calendar" />
      </nav>
      <input
        type="search"
        aria-label="Find content"
        placeholder="Find content"
        value={q ?? ''}
        onChange={({ target: { value } }) => onFilters(value === '' ? others : { ...filters, q: value })}
        className={cx(inputLook(), 'min-w-24 flex-1 basis-24 md:max-w-72')}
      />
      <FilterPopover items={items} filters={filters} onFilters={onFilters} people={people} />
    </div>
  )
}

interface ViewProps {
  workspaceId: string
  filters: ContentFilters
  view?: 'board' | 'calendar'
  icon: LucideIcon
  label: string
}

function View({ workspaceId, filters, view, icon: Icon, label }: ViewProps) {
  const { view: shown, ...others } = filters
  return (
    <Link
      to="/w/$workspaceId/content"
      params={{ workspaceId }}
      search={view ? { ...others, view } : others}
      aria-current={shown === view ? 'true' : undefined}
      className={cx(
        'flex min-h-control-small items-center gap-1.5 rounded-md px-2.5 text-xs font-medium',
        shown === view ? 'bg-selected text-ink-selected' : 'text-ink-soft hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      <span className="max-sm:sr-only">{label}</span>
    </Link>
  )
}

const ANY = ''

function FilterPopover({ items, filters, onFilters, people }: Omit<ToolbarProps, 'workspaceId'>) {
  const [isOpen, setIsOpen] = useState(false)
  const count = narrowing(filters).length
  const choose = (name: keyof ContentFilters) => (event: { target: { value: string } }) => {
    const { [name]: _, ...others } = filters
    onFilters(event.target.value === ANY ? others : { ...filters, [name]: event.target.value })
  }
  const choices = (any: string, values: readonly string[], name: (value: string) => string = (value) => value) => [
    { value: ANY, label: any },
    ...values.map((value) => ({ value, label: name(value) })),
  ]
  return (
    <>
      <Popover
        label="Filter"
        align="end"
        open={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          <Button>
            <Filter aria-hidden className="size-4" />
            <span className="max-sm:sr-only">Filter</span>
            <Count value={count} of="chosen" strong />
          </Button>
        }
      >
        <div className="flex flex-col gap-3">
          <Select
            label="Status"
            value={filters.status ?? ANY}
            onChange={choose('status')}
            options={choices('Any', statuses, nameOfStatus)}
          />
          <Select
            label="Kind"
            value={filters.kind ?? ANY}
            onChange={choose('kind')}
            options={choices('Any', kinds, nameOfKind)}
          />
          <Select
            label="Label"
            value={filters.label ?? ANY}
            onChange={choose('label')}
            options={choices('Any', labelsOf(items))}
          />
          <Select
            label="Who works on it"
            value={filters.assignee ?? ANY}
            onChange={choose('assignee')}
            options={[
              { value: ANY, label: 'Anybody' },
              { value: NOBODY, label: 'Nobody' },
              ...people.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
          <Select
            label="Order"
            value={filters.sort ?? ANY}
            onChange={choose('sort')}
            options={[
              { value: ANY, label: 'Changed last' },
              { value: 'created', label: 'Newest' },
              { value: 'planned', label: 'Planned date' },
              { value: 'title', label: 'Title' },
            ]}
          />
        </div>
      </Popover>
      {count > 0 && (
        <Button size="small" variant="quiet" onClick={() => onFilters(withoutFilters(filters))}>
          <X aria-hidden className="size-3.5" />
          Clear
        </Button>
      )}
    </>
  )
}
