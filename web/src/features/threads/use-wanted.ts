import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Thread } from '@/api/types'
import { credentials, outbox } from '@/lib/client'
import { useStore } from '@/lib/react/use-store'
import { historyOf } from './api'
import { unreadAfter } from './history'
import { asWanted } from './wanted'

const countIn = (cache: QueryClient) => (thread: Thread, version: number) =>
  unreadAfter(cache.getQueryData(historyOf(thread.id).queryKey), version, credentials.userId)

/** Threads as this person wants them. */
export function useWanted(threads: readonly Thread[] | undefined): Thread[] | undefined {
  const cache = useQueryClient()
  const waiting = useStore(outbox.entries)
  return useMemo(() => threads?.map((thread) => asWanted(thread, waiting, countIn(cache))), [cache, threads, waiting])
}

export function useWantedThread(thread: Thread | undefined): Thread | undefined {
  const cache = useQueryClient()
  const waiting = useStore(outbox.entries)
  return useMemo(() => thread && asWanted(thread, waiting, countIn(cache)), [cache, thread, waiting])
}

/** The same where nothing is rendered. */
export const wantedNow = (cache: QueryClient, thread: Thread): Thread =>
  asWanted(thread, outbox.entries.get(), countIn(cache))
