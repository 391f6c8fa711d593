import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { toast } from '@/components/toasts'
import { describe } from '@/components/problem-form'
import { extend, historyOf } from './api'
import { trimmed, type History } from './history'

interface HeldHistory {
  history: History | undefined
  error: Error | null
  isExtending: boolean
  extendTowards: (towards: 'older' | 'newer') => void
  trim: (at: 'start' | 'end') => void
}

/** After a failure the reader's next move tries again, but not each pixel of it. */
const REST_AFTER_FAILURE = 5_000

/** The stretch of the history on screen, which grows where its reader goes and is dropped where he is not. */
export function useHistory(threadId: string, isOpen: boolean): HeldHistory {
  const cache = useQueryClient()
  const { data: history, error } = useQuery({ ...historyOf(threadId), enabled: isOpen })
  const [isExtending, setExtending] = useState(false)
  const busyUntil = useRef(0)

  const extendTowards = useCallback(
    (towards: 'older' | 'newer') => {
      if (Date.now() < busyUntil.current) return
      busyUntil.current = Infinity
      setExtending(true)
      extend(cache, threadId, towards)
        .then(
          () => (busyUntil.current = 0),
          (error: unknown) => {
            busyUntil.current = Date.now() + REST_AFTER_FAILURE
            toast({ tone: 'danger', message: `More messages could not be loaded. ${describe(error)}` })
          },
        )
        .finally(() => setExtending(false))
    },
    [cache, threadId],
  )

  const trim = useCallback(
    (at: 'start' | 'end') => {
      if (busyUntil.current === 0)
        cache.setQueryData(historyOf(threadId).queryKey, (known) => known && trimmed(known, at))
    },
    [cache, threadId],
  )

  return { history, error, isExtending, extendTowards, trim }
}
