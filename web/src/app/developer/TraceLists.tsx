import { Badge } from '@/components/Badge'
import { Table, type Column } from '@/components/Table'
import type { Outgoing } from '@/lib/outbox'
import type { CallTrace, FrameTrace } from '@/lib/trace'

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

const None = () => <p className="p-2 text-ink-soft">Nothing yet.</p>

const time = ({ at }: { at: number }) => <span className="tabular-nums">{clock.format(at)}</span>

const Code = ({ children }: { children: string }) => <code className="font-mono break-all">{children}</code>

const frameColumns: Column<FrameTrace>[] = [
  { header: 'Time', cell: time },
  { header: 'Way', cell: ({ direction }) => <Badge tone={direction === 'in' ? 'info' : 'accent'}>{direction}</Badge> },
  { header: 'Bytes', align: 'end', cell: ({ bytes }) => bytes },
  { header: 'Frame', cell: ({ text }) => <Code>{text}</Code> },
]

export const FrameList = ({ frames }: { frames: readonly FrameTrace[] }) => (
  <Table
    label="Frames"
    columns={frameColumns}
    rows={frames}
    keyOf={(frame) => `${frame.at}${frame.text}`}
    empty={<None />}
  />
)

const toneOf = (status: number) => (status === 0 || status >= 500 ? 'danger' : status >= 400 ? 'warning' : 'success')

const callColumns: Column<CallTrace>[] = [
  { header: 'Time', cell: time },
  { header: 'Status', cell: ({ status }) => <Badge tone={toneOf(status)}>{status === 0 ? 'none' : status}</Badge> },
  { header: 'Call', cell: ({ method, path }) => <Code>{`${method} ${path}`}</Code> },
  { header: 'Milliseconds', align: 'end', cell: ({ milliseconds }) => milliseconds },
  { header: 'Correlation', cell: ({ correlationId }) => <Code>{correlationId ?? '–'}</Code> },
]

export const CallList = ({ calls }: { calls: readonly CallTrace[] }) => (
  <Table
    label="Calls"
    columns={callColumns}
    rows={calls}
    keyOf={(call) => `${call.at}${call.method}${call.path}`}
    empty={<None />}
  />
)

const waitingColumns: Column<Outgoing>[] = [
  { header: 'Written', cell: ({ writtenAt }) => time({ at: writtenAt }) },
  { header: 'Channel', cell: ({ channel }) => <Code>{channel}</Code> },
  { header: 'Id', cell: ({ id }) => <Code>{id}</Code> },
  { header: 'Refused', cell: ({ failure }) => failure ?? '–' },
  { header: 'Data', cell: ({ data }) => <Code>{JSON.stringify(data)}</Code> },
]

export const WaitingList = ({ entries }: { entries: readonly Outgoing[] }) => (
  <Table label="Waiting" columns={waitingColumns} rows={entries} keyOf={({ id }) => id} empty={<None />} />
)
