import { ChevronRight } from 'lucide-react'
import type { AuditRecord } from '@/api/types'
import { CopyField } from '@/components/CopyField'
import { DescriptionList } from '@/components/DescriptionList'
import { When } from '@/components/When'
import { dateAndTime, exactTime } from '@/lib/dates'
import { DifferenceTable } from './DifferenceTable'
import { inWords } from './words'

/** The trail, the newest first; each line opens to what exactly happened. */
export const EntryList = ({ label, entries }: { label: string; entries: readonly AuditRecord[] }) => (
  <ul aria-label={label} className="flex flex-col divide-y divide-line">
    {entries.map((entry) => (
      <li key={entry.id}>
        <details className="group">
          <summary className="flex cursor-pointer list-none items-start gap-2.5 rounded-md py-2.5 -outline-offset-2 hover:bg-hover">
            <ChevronRight
              aria-hidden
              className="mt-0.5 size-4 shrink-0 text-ink-soft transition-transform group-open:rotate-90"
            />
            <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5">
              <span className="min-w-0 text-sm wrap-anywhere">
                <span className="font-medium">{inWords(entry.action)}</span>
                <span className="text-ink-soft"> · {nameOf(entry)}</span>
              </span>
              <span className="text-xs whitespace-nowrap text-ink-soft tabular-nums">
                <When at={entry.at} text={dateAndTime(entry.at)} />
              </span>
            </span>
          </summary>
          <Details entry={entry} />
        </details>
      </li>
    ))}
  </ul>
)

const nameOf = ({ actor }: AuditRecord) => actor?.name ?? (actor ? 'Former member' : 'Nobody signed in')

function Details({ entry }: { entry: AuditRecord }) {
  const facts = [
    { term: 'When', description: exactTime(entry.at) },
    { term: 'Who', description: nameOf(entry) },
    { term: 'Action', description: <code className="font-mono text-xs">{entry.action}</code> },
    { term: 'What', description: [inWords(entry.resource), entry.resourceId].filter(Boolean).join(' ') },
    { term: 'From', description: [entry.address, entry.device].filter(Boolean).join(' · ') || 'Not known' },
  ]
  return (
    <div className="flex flex-col gap-4 pt-1 pb-4 pl-6.5">
      <DescriptionList items={facts} />
      {(entry.before != null || entry.after != null) && <DifferenceTable before={entry.before} after={entry.after} />}
      {entry.correlationId != null && <CopyField label="Reference" value={entry.correlationId} compact />}
    </div>
  )
}
