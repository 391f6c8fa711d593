import type { ContentItem } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { Combobox } from '@/components/Combobox'
import { DescriptionList } from '@/components/DescriptionList'
import { Field, inputLook } from '@/components/Field'
import { Select } from '@/components/Select'
import { When } from '@/components/When'
import { preferences } from '@/lib/preferences'
import { useStore } from '@/lib/react/use-store'
import { MINUTE, isoDay, parseDay, TimeZone } from '@/lib/time-zone'
import { changeItem } from './api'
import { labelsOf } from './filters'
import type { NameOf, Person } from './people'
import { useContent } from './use-content'
import { kinds, nameOfKind } from './words'

interface ItemDetailsProps {
  item: ContentItem
  people: readonly Person[]
  nameOf: NameOf
  mayWrite: boolean
}

const NOBODY = 'nobody'
const MOST_LABELS = 20
const LONGEST_LABEL = 50

/** What an item is besides what it says. Each choice counts at once. */
export function ItemDetails({ item, people, nameOf, mayWrite }: ItemDetailsProps) {
  const { items } = useContent(item.workspaceId)
  const labels = [...new Set([...labelsOf(items ?? []), ...item.labels])]
  const isFull = item.labels.length >= MOST_LABELS

  return (
    <div className="flex flex-col gap-4">
      <Select
        label="Kind"
        value={item.kind}
        disabled={!mayWrite}
        onChange={(event) => changeItem(item, { kind: event.target.value })}
        options={[...new Set([...kinds, item.kind])].map((kind) => ({ value: kind, label: nameOfKind(kind) }))}
      />
      <Combobox
        label="Labels"
        multiple
        disabled={!mayWrite}
        options={labels.map((label) => ({ value: label, label }))}
        value={item.labels}
        nameOfNew={(text) => `New label “${text}”`}
        placeholder="Find or name one"
        hint={isFull ? `Labels: ${MOST_LABELS} at most.` : undefined}
        onChange={(chosen) =>
          changeItem(item, {
            labels: [...new Set(chosen.map((label) => label.slice(0, LONGEST_LABEL)))].slice(0, MOST_LABELS),
          })
        }
      />
      <Combobox
        label="Who works on it"
        disabled={!mayWrite}
        options={[
          { value: NOBODY, label: 'Nobody' },
          ...people.map(({ id, name }) => ({
            value: id,
            label: name,
            picture: <Avatar id={id} name={name} size="tiny" />,
          })),
        ]}
        value={[item.assigneeId ?? NOBODY]}
        onChange={([chosen]) =>
          changeItem(item, { assigneeId: chosen === undefined || chosen === NOBODY ? null : chosen })
        }
      />
      <PlannedDate item={item} mayWrite={mayWrite} />
      <DescriptionList
        items={[
          {
            term: 'Begun',
            description: (
              <>
                {nameOf(item.createdBy)}, <When at={item.createdAt} />
              </>
            ),
          },
          { term: 'Last change', description: <When at={item.updatedAt} /> },
        ]}
      />
    </div>
  )
}

const pad = (number: number) => String(number).padStart(2, '0')

function PlannedDate({ item, mayWrite }: { item: ContentItem; mayWrite: boolean }) {
  const { timeZone } = useStore(preferences)
  const zone = new TimeZone(timeZone)
  const zoneName = timeZone === '' ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone
  const shown = (plannedAt: string) => {
    const at = Date.parse(plannedAt)
    const minute = zone.minuteOf(at)
    return `${isoDay(zone.dayOf(at))}T${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`
  }
  const change = (text: string) => {
    const [date = '', time = ''] = text.split('T')
    const day = parseDay(date)
    const [hour = NaN, minute = NaN] = time.split(':').map(Number)
    if (day === undefined || Number.isNaN(hour + minute)) return
    const at = zone.moment(day, hour * 60 + minute)
    if (item.plannedAt === null || Math.floor(Date.parse(item.plannedAt) / MINUTE) !== Math.floor(at / MINUTE))
      changeItem(item, { plannedAt: new Date(at).toISOString() })
  }
  return (
    <div className="flex flex-col gap-1.5">
      <Field label="Planned for" hint={`By the clocks of ${zoneName}.`}>
        {(aria) => (
          <input
            {...aria}
            key={item.plannedAt}
            type="datetime-local"
            disabled={!mayWrite}
            defaultValue={item.plannedAt === null ? '' : shown(item.plannedAt)}
            onBlur={(event) => change(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') change(event.currentTarget.value)
            }}
            className={inputLook()}
          />
        )}
      </Field>
      {item.plannedAt !== null && mayWrite && (
        <Button
          size="small"
          variant="quiet"
          className="self-start"
          onClick={() => changeItem(item, { plannedAt: null })}
        >
          No date
        </Button>
      )}
    </div>
  )
}
