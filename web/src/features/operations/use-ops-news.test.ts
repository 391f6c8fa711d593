import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import type { JobRecord, JobsOverview } from '@/api/types'
import { job, jobsIn, overview } from './api'
import { took } from './use-ops-news'

const running = (id: string, queue: string, progress: number) =>
  ({ id, queue, state: 'running', progress, payload: null }) as unknown as JobRecord
const figures = { queues: [], workers: [], schedules: [], at: '2026-11-27T10:00:00.000Z' } as JobsOverview

describe('news of operations', () => {
  it('replace the figures and what runs, each list with its own queue', () => {
    const cache = new QueryClient()
    cache.setQueryData(jobsIn('running').queryKey, [])
    cache.setQueryData(jobsIn('running', 'email').queryKey, [])
    took(cache, { overview: figures, running: [running('a', 'email', 10), running('b', 'files', 20)] })
    expect(cache.getQueryData(overview.queryKey)).toEqual(figures)
    expect(cache.getQueryData(jobsIn('running').queryKey)?.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(cache.getQueryData(jobsIn('running', 'email').queryKey)?.map(({ id }) => id)).toEqual(['a'])
  })

  it('move the progress of a job that is looked at, and keep what it carries', () => {
    const cache = new QueryClient()
    cache.setQueryData(job('a').queryKey, { ...running('a', 'email', 10), payload: { number: 1 } })
    took(cache, { overview: figures, running: [running('a', 'email', 60)] })
    expect(cache.getQueryData(job('a').queryKey)).toMatchObject({ progress: 60, payload: { number: 1 } })
  })

  it('ask again for what may have changed', () => {
    const cache = new QueryClient()
    cache.setQueryData(jobsIn('dead').queryKey, [])
    cache.setQueryData(job('a').queryKey, running('a', 'email', 10))
    took(cache, { overview: figures, running: [] })
    expect(cache.getQueryState(jobsIn('dead').queryKey)?.isInvalidated).toBe(true)
    expect(cache.getQueryState(job('a').queryKey)?.isInvalidated).toBe(true)
  })
})
