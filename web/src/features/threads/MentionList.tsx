import { Avatar } from '@/components/Avatar'
import { cx } from '@/components/cx'
import type { Mentionable } from '@/lib/mentions'

interface MentionListProps {
  id: string
  people: readonly Mentionable[]
  current: number
  onChoose: (person: Mentionable) => void
}

/** Those who can be mentioned, above the field they are typed in; the keyboard works through the field. */
export const MentionList = ({ id, people, current, onChoose }: MentionListProps) => (
  <div
    id={id}
    role="listbox"
    aria-label="People to mention"
    className="absolute bottom-full left-0 z-20 mb-1 w-64 max-w-full rounded-xl border border-line bg-raised p-1 shadow-far"
  >
    {people.map((person, index) => (
      // eslint-disable-next-line jsx-a11y/click-events-have-key-events
      <div
        key={person.id}
        id={`${id}-${person.id}`}
        role="option"
        aria-selected={index === current}
        tabIndex={-1}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onChoose(person)}
        className={cx(
          'flex min-h-row cursor-pointer items-center gap-2 rounded-md px-2 text-sm',
          index === current ? 'bg-hover' : 'hover:bg-hover',
        )}
      >
        <Avatar id={person.id} name={person.name} size="tiny" />
        <span className="truncate">{person.name}</span>
      </div>
    ))}
  </div>
)
