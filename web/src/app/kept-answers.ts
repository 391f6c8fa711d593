import type { QueryClient } from '@tanstack/react-query'
import { threadToKeep } from '@/features/threads/kept'
import { credentials } from '@/lib/client'
import { KeptStore, type Kept } from '@/lib/kept-store'

/** What is read once more without a network: the person, workspaces, members, lists of threads and of content, and recent ones of both, with comments. */

const SAVE_AFTER = 1_000

const store = new KeptStore()

const isKept = ([first, second, third]: readonly unknown[]): boolean =>
  (first === 'me' && (second === undefined || second === 'preferences')) ||
  (first === 'workspaces' &&
    (second === undefined || third === 'members' || third === 'threads' || third === 'content')) ||
  (first === 'content' && (third === undefined || third === 'comments')) ||
  (first === 'threads' && (third === undefined || third === 'messages'))

/** Keeps what is read, a moment after it changed. */
export function keepAnswers(cache: QueryClient): void {
  const changed = new Map<string, Kept>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const save = () => {
    clearTimeout(timer)
    timer = undefined
    const some = [...changed.values()]
    changed.clear()
    if (credentials.userId !== undefined && some.length > 0) void store.save(credentials.userId, some)
  }
  cache.getQueryCache().subscribe(({ type, query }) => {
    const queryKey = query.queryKey as readonly unknown[]
    if (type !== 'updated' || !isKept(queryKey) || query.state.data === undefined) return
    const data = threadToKeep(queryKey, query.state.data)
    if (data === undefined) return
    changed.set(query.queryHash, { queryKey, data, at: Date.now() })
    timer ??= setTimeout(save, SAVE_AFTER)
  })
  credentials.signIn.subscribe(() => {
    if (credentials.signIn.get() === 'signed-out') changed.clear()
  })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && save())
}

/** Puts back what this person read last. */
export async function restoreAnswers(cache: QueryClient, userId: string): Promise<void> {
  for (const { queryKey, data } of await store.load(userId)) cache.setQueryData(queryKey, data)
}
