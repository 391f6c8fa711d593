import { Search, type LucideIcon } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useId, useState, type KeyboardEvent } from 'react'
import { cx } from '@/components/cx'
import { dialogLook } from '@/components/Dialog'
import { Kbd } from '@/components/Kbd'
import { bySection, commands, inOrder, score, type Command, type CommandSource, type Section } from '@/lib/commands'
import { useStore } from '@/lib/react/use-store'

interface CommandMenuProps {
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Everything that can be done and everywhere one can go, by typing a few letters of it. */
export const CommandMenu = ({ open, onOpenChange }: CommandMenuProps) => (
  <Radix.Root open={open} onOpenChange={onOpenChange}>
    <Radix.Portal>
      <Radix.Overlay className={dialogLook.overlay} />
      <Radix.Content
        aria-describedby={undefined}
        className="fixed inset-x-4 top-[max(1rem,14vh)] z-50 mx-auto flex max-h-[min(32rem,72vh)] max-w-xl animate-pop flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-far outline-none max-sm:inset-x-0 max-sm:top-0 max-sm:max-h-[100dvh] max-sm:rounded-t-none"
      >
        <Radix.Title className="sr-only">Find anything</Radix.Title>
        <Finder onDone={() => onOpenChange(false)} />
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
)

const MOST_FOUND = 40
/** Of each kind, before one looks for something. */
const FEW = 5

function Finder({ onDone }: { onDone: () => void }) {
  const listId = useId()
  const all = useStore(commands.all)
  const sources = useStore(commands.sources)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)

  const found = find(all, sources, query)
  const flat = found.flatMap((group) => group.commands)
  const current = flat[Math.min(at, flat.length - 1)]

  const choose = (command: Command) => {
    onDone()
    // The menu gives the focus back first; then the command may take it elsewhere.
    setTimeout(command.run)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((flat.length + Math.min(at, flat.length - 1) + step) % Math.max(1, flat.length))
    } else if (event.key === 'Enter' && current) {
      event.preventDefault()
      choose(current)
    }
  }

  return (
    <>
      <div className="flex shrink-0 items-center gap-3 border-b border-line px-4">
        <Search aria-hidden className="size-4.5 shrink-0 text-ink-soft" />
        <input
          role="combobox"
          aria-label="Find anything"
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={current && `${listId}-${current.id}`}
          placeholder="Find a thread, a person, or something to do"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
          className="h-13 min-w-0 flex-1 bg-transparent text-base placeholder:text-ink-soft focus-visible:outline-none"
        />
        <Kbd keys="Escape" className="max-sm:hidden" />
      </div>
      <div id={listId} role="listbox" aria-label="Found" className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {found.map((group) => (
          <div key={group.name} role="group" aria-labelledby={`${listId}-${group.name}`}>
            <p id={`${listId}-${group.name}`} className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-soft">
              {group.name}
            </p>
            {group.commands.map((command) => (
              <Row
                key={command.id}
                id={`${listId}-${command.id}`}
                command={command}
                isCurrent={command === current}
                onPoint={() => setAt(flat.indexOf(command))}
                onChoose={() => choose(command)}
              />
            ))}
          </div>
        ))}
      </div>
      {flat.length === 0 && (
        <p role="status" className="px-4 pb-5 text-center text-sm text-ink-soft">
          Nothing found for “{query}”
        </p>
      )}
    </>
  )
}

interface RowProps {
  id: string
  command: Command
  isCurrent: boolean
  onPoint: () => void
  onChoose: () => void
}

function Row({ id, command, isCurrent, onPoint, onChoose }: RowProps) {
  const Icon = command.icon as LucideIcon | undefined
  return (
    // The keyboard works through the input, which keeps the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      tabIndex={-1}
      ref={(element) => {
        if (isCurrent) element?.scrollIntoView({ block: 'nearest' })
      }}
      onPointerMove={onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className={cx(
        'flex min-h-row cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm select-none',
        isCurrent && 'bg-hover',
      )}
    >
      <span className="flex size-4 shrink-0 items-center justify-center text-ink-soft">
        {Icon && <Icon aria-hidden className="size-4" />}
      </span>
      <span className="min-w-0 flex-1 truncate">{command.title}</span>
      {command.keys?.[0] !== undefined && <Kbd keys={command.keys[0]} className="max-sm:hidden" />}
    </div>
  )
}

/** Before a word is typed, what there is; then the best first, and with them their sections. */
function find(all: readonly Command[], sources: readonly CommandSource[], query: string): Section[] {
  const listed = all.filter((command) => command.keysOnly !== true)
  if (query.trim() === '')
    return bySection(inOrder([...sources.flatMap((source) => source.find('').slice(0, FEW)), ...listed]))
  const scored = [...sources.flatMap((source) => source.find(query)), ...listed]
    .map((command) => ({ command, points: score(command, query) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .slice(0, MOST_FOUND)
  return bySection(scored.map(({ command }) => command))
}
