import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { JobRecord, JobsOverview } from '@/api/types'
import { http } from '@/lib/client'

export type JobState = 'dead' | 'running' | 'ready' | 'later' | 'done'

export const overview = queryOptions({
  queryKey: ['ops', 'queues'],
  queryFn: ({ signal }) => http.get<JobsOverview>('/api/ops/queues', { signal }),
})

export const jobsIn = (state: JobState, queue?: string) =>
  queryOptions({
    queryKey: ['ops', 'jobs', state, queue ?? null],
    queryFn: async ({ signal }) =>
      (await http.get<{ items: JobRecord[] }>('/api/ops/jobs', { signal, query: { state, queue } })).items,
  })

export const job = (id: string) =>
  queryOptions({
    queryKey: ['ops', 'job', id],
    queryFn: ({ signal }) => http.get<JobRecord>(`/api/ops/jobs/${id}`, { signal }),
  })

export const pauseQueue = (queue: string) => http.post(`/api/ops/queues/${queue}/pause`)
export const resumeQueue = (queue: string) => http.post(`/api/ops/queues/${queue}/resume`)
export const retryJob = (id: string) => http.post(`/api/ops/jobs/${id}/retry`)
export const cancelJob = (id: string) => http.post(`/api/ops/jobs/${id}/cancel`)
export const discardJob = (id: string) => http.delete(`/api/ops/jobs/${id}`)
export const replayJobs = (queue?: string) =>
  http.post<{ count: number }>('/api/ops/jobs/replay', queue === undefined ? {} : { queue })

export const refreshOps = (cache: QueryClient) => cache.invalidateQueries({ queryKey: ['ops'] })
