import type { WorkspaceExport } from '@/api/types'

/** How far a job is, as the own channel tells it in passing. */
export interface JobNews {
  id: string
  state: string
  progress?: number | null
  note?: string | null
}

/** The archives with what was told of one's job; news of other jobs change nothing. */
export const withProgress = (known: WorkspaceExport[], news: JobNews): WorkspaceExport[] =>
  news.state !== 'running' || !known.some(({ jobId, state }) => jobId === news.id && state !== 'ready')
    ? known
    : known.map((one) =>
        one.jobId === news.id
          ? { ...one, state: 'running', progress: news.progress ?? null, note: news.note ?? null }
          : one,
      )
