import { useQueryClient, type Query } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Badge } from '@/components/Badge'
import { Table, type Column } from '@/components/Table'

const LONGEST_SHOWN = 300

const columns: Column<Query>[] = [
  { header: 'Key', cell: ({ queryKey }) => <code className="font-mono break-all">{JSON.stringify(queryKey)}</code> },
  {
    header: 'State',
    cell: ({ state }) => (
      <Badge tone={state.status === 'error' ? 'danger' : state.fetchStatus === 'fetching' ? 'info' : 'success'}>
        {state.fetchStatus === 'fetching' ? 'fetching' : state.status}
      </Badge>
    ),
  },
  { header: 'Used by', align: 'end', cell: (query) => query.getObserversCount() },
  {
    header: 'Data',
    cell: ({ state }) => (
      <code className="font-mono break-all">
        {state.data === undefined ? '–' : JSON.stringify(state.data).slice(0, LONGEST_SHOWN)}
      </code>
    ),
  },
]

/** What the page holds of the server's state, as it is now. */
export function CacheList() {
  const cache = useQueryClient().getQueryCache()
  const [queries, setQueries] = useState(() => cache.getAll())
  useEffect(
    // Told while something renders, where no other state may change.
    () => cache.subscribe(() => setTimeout(() => setQueries([...cache.getAll()]))),
    [cache],
  )
  return <Table label="Cache" columns={columns} rows={queries} keyOf={({ queryHash }) => queryHash} />
}
