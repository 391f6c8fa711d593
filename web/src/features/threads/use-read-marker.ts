import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import type { Thread } from '@/api/types'
import { knownThread } from './changes'
import { moveMarker } from './thread-actions'
import { wantedNow } from './use-wanted'

/** Long enough that scrolling through a page moves the marker once. */
const SETTLE = 700

interface ReadMarker {
  /** The reader has seen everything up to this version. */
  seen: (version: number) => void
  /** What begins with this version is to be unread, and stays so until the thread is opened again. */
  markUnreadFrom: (version: number) => void
}

/** Moves this person's marker as messages are seen, and never against a wish to keep them unread. */
export function useReadMarker(threadId: string, marker: number | null | undefined): ReadMarker {
  const cache = useQueryClient()
  const state = useRef<{ seen: number; sent: number; isHeld: boolean; timer?: ReturnType<typeof setTimeout> }>({
    seen: 0,
    sent: 0,
    isHeld: false,
  })

  const flush = useCallback(() => {
    const { current } = state
    clearTimeout(current.timer)
    delete current.timer
    const known = knownThread(cache, threadId)
    const thread = known && wantedNow(cache, known)
    if (current.isHeld || current.seen <= current.sent || !isWorthIt(thread, current.seen)) return
    current.sent = current.seen
    moveMarker(threadId, current.seen)
  }, [cache, threadId])

  // Somebody who marks a thread unread on another device wants to find it so, also here.
  useEffect(() => {
    const { current } = state
    if (marker == null) return
    if (marker < current.sent) current.isHeld = true
    current.sent = marker
  }, [marker])

  useEffect(() => {
    const { current } = state
    const onHidden = () => document.visibilityState === 'hidden' && flush()
    document.addEventListener('visibilitychange', onHidden)
    return () => {
      document.removeEventListener('visibilitychange', onHidden)
      clearTimeout(current.timer)
      flush()
    }
  }, [flush])

  const seen = useCallback(
    (version: number) => {
      const { current } = state
      if (current.isHeld || version <= current.seen) return
      current.seen = version
      current.timer ??= setTimeout(flush, SETTLE)
    },
    [flush],
  )

  const markUnreadFrom = useCallback(
    (version: number) => {
      const { current } = state
      clearTimeout(current.timer)
      delete current.timer
      current.isHeld = true
      current.sent = version - 1
      moveMarker(threadId, version - 1, true)
    },
    [threadId],
  )

  return { seen, markUnreadFrom }
}

/** One's own messages are read by nature: a marker that passes only them need not move. */
const isWorthIt = (thread: Thread | undefined, version: number) =>
  thread === undefined || ((thread.unread ?? 0) > 0 && version > (thread.readTo ?? 0))
