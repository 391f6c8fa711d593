import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { Thread } from '@/api/types'
import { Problem } from '@/lib/problem'
import { historyOf, messageWith, showAround, showLatest, threadWith } from './api'
import { knownThread, updateThread } from './changes'
import { covers } from './history'
import { newer } from './thread-list'
import { wantedNow } from './use-wanted'

/** Where a thread opens: at its end, at what is unread first, or at the message a link names. */
export interface Place {
  at: 'end' | 'unread' | 'message'
  version: number
  /** The message a link names is not there any more. */
  isGone?: boolean
}

const END: Place = { at: 'end', version: Infinity }

/**
 * Finds out where to open a thread and has that stretch of the history in the cache before it is shown.
 * `link` is a message's version or its id.
 */
export const openingOf = (cache: QueryClient, threadId: string, link: string | undefined) =>
  queryOptions({
    queryKey: ['opening', threadId, link ?? null],
    queryFn: async (): Promise<Place> => {
      const place = await placeOf(cache, threadId, link)
      await hold(cache, threadId, place)
      return place
    },
    // Each visit is decided anew.
    gcTime: 0,
    structuralSharing: false,
  })

/** Has the stretch around a place in the cache; what is held already is live and stays. */
export async function hold(cache: QueryClient, threadId: string, { at, version }: Place): Promise<void> {
  const held = cache.getQueryData(historyOf(threadId).queryKey)
  const isHeld = held && (at === 'end' ? !held.hasNewer : covers(held, version))
  if (!isHeld) await (at === 'end' ? showLatest(cache, threadId) : showAround(cache, threadId, version))
}

async function placeOf(cache: QueryClient, threadId: string, link: string | undefined): Promise<Place> {
  if (link !== undefined) {
    const version = await versionOf(cache, threadId, link)
    return version === undefined ? { ...END, isGone: true } : { at: 'message', version }
  }
  // Without a network it opens with what is kept here.
  if (cache.getQueryData(historyOf(threadId).queryKey)?.isKept) return END
  // What the list shows is kept fresh: a thread without anything unread opens without asking.
  const known = knownThread(cache, threadId)
  if (known && wantedNow(cache, known).unread === 0) return END
  const thread = wantedNow(cache, await freshThread(cache, threadId))
  const { firstUnread } = thread
  return (thread.unread ?? 0) > 0 && firstUnread != null ? { at: 'unread', version: firstUnread } : END
}

async function freshThread(cache: QueryClient, threadId: string): Promise<Thread> {
  const thread = await cache.query({ ...threadWith(threadId), staleTime: 0 })
  updateThread(cache, threadId, (known) => newer(known, thread))
  return thread
}

async function versionOf(cache: QueryClient, threadId: string, link: string): Promise<number | undefined> {
  if (/^\d+$/.test(link)) return Number(link)
  try {
    const message = await cache.query(messageWith(link))
    return message.threadId === threadId ? message.version : undefined
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 400)) return undefined
    throw error
  }
}
