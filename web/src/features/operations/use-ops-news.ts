import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { JobRecord, JobsOverview } from '@/api/types'
import { OPS_CHANNEL } from '@/lib/channels'
import { realtime } from '@/lib/client'
import { job, jobsIn, overview, refreshOps } from './api'

/** How queues and jobs stand arrives by itself while an operator looks. */
export function useOpsNews(): void {
  const cache = useQueryClient()
  useEffect(
    () =>
      realtime.subscribe(OPS_CHANNEL, {
        reset: () => void refreshOps(cache),
        ephemeral: (payload) => {
          if (payload.op === 'jobs') took(cache, payload as unknown as OpsNews)
        },
      }),
    [cache],
  )
}

interface OpsNews {
  overview: JobsOverview
  running: JobRecord[]
}

export function took(cache: QueryClient, news: OpsNews): void {
  cache.setQueryData(overview.queryKey, news.overview)
  for (const [queryKey] of cache.getQueriesData({ queryKey: ['ops', 'jobs'] })) {
    const [, , state, queue] = queryKey as [string, string, string, string | null]
    if (state === 'running')
      cache.setQueryData(
        jobsIn('running', queue ?? undefined).queryKey,
        news.running.filter((one) => queue === null || one.queue === queue),
      )
    // Something moved: what waits, ended or died may be other jobs now.
    else void cache.invalidateQueries({ queryKey })
  }
  for (const [queryKey] of cache.getQueriesData({ queryKey: ['ops', 'job'] })) {
    const id = queryKey[2] as string
    const running = news.running.find((one) => one.id === id)
    const known = cache.getQueryData(job(id).queryKey)
    // The list has everything but what the job carries.
    if (running && known?.state === 'running')
      cache.setQueryData(job(id).queryKey, { ...known, ...running, payload: known.payload })
    else void cache.invalidateQueries({ queryKey })
  }
}
