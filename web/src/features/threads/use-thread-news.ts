import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { userChannel, workspaceChannel } from '@/lib/channels'
import { realtime } from '@/lib/client'
import { threadListsOf } from './api'
import { knownThread, refreshThreads } from './changes'
import { HeadsFollower } from './heads'

/** Keeps the thread lists of a workspace fresh: counts and order follow what is said in threads that are not on screen. */
export function useThreadNews(workspaceId: string, userId: string): void {
  const cache = useQueryClient()
  useEffect(() => {
    const follower = new HeadsFollower({
      concerns: ({ id, v }) => {
        const known = knownThread(cache, id)
        return known?.workspaceId === workspaceId && known.head < v
      },
      refresh: (ids) => refreshThreads(cache, workspaceId, ids),
    })
    const ephemeral = follower.take.bind(follower)
    const wake = () => document.visibilityState === 'visible' && follower.wake()

    // What moved while the connection was cut was told to others.
    let wasCut = false
    const watch = () => {
      const { status } = realtime.state.get()
      if (status !== 'connected') wasCut = true
      else if (wasCut) {
        wasCut = false
        void cache.invalidateQueries({ queryKey: threadListsOf(workspaceId) })
      }
    }

    document.addEventListener('visibilitychange', wake)
    const endings = [
      realtime.subscribe(workspaceChannel(workspaceId), { ephemeral }),
      realtime.subscribe(userChannel(userId), { ephemeral }),
      realtime.state.subscribe(watch),
      () => document.removeEventListener('visibilitychange', wake),
      () => follower.stop(),
    ]
    return () => endings.forEach((end) => end())
  }, [cache, workspaceId, userId])
}
