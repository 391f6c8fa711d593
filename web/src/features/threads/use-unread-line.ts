import { useEffect, useState } from 'react'
import type { History } from './history'
import type { Place } from './opening'

/**
 * Where "new" begins: at what was unread when the thread was opened, and at what comes while nobody looks. It stays
 * where it is while one reads, so that one can find it again.
 */
export function useUnreadLine(history: History, me: string, opening: Place) {
  const [from, setFrom] = useState(opening.at === 'unread' ? opening.version : undefined)
  const last = history.messages.at(-1)
  const [known, setKnown] = useState({ last: last?.version ?? 0, isAway: isAway() })

  useEffect(() => {
    const onChange = () => setKnown((before) => ({ ...before, isAway: isAway() }))
    window.addEventListener('focus', onChange)
    window.addEventListener('blur', onChange)
    document.addEventListener('visibilitychange', onChange)
    return () => {
      window.removeEventListener('focus', onChange)
      window.removeEventListener('blur', onChange)
      document.removeEventListener('visibilitychange', onChange)
    }
  }, [])

  if (last && last.version > known.last && !history.hasNewer) {
    const arrived = history.messages.find(({ version, authorId }) => version > known.last && authorId !== me)
    // The first one of an absence; those after it are below the same line.
    const isFirst = from === undefined || from <= known.last
    if (known.isAway && arrived && isFirst) setFrom(arrived.version)
    setKnown({ ...known, last: last.version })
  }
  return [from, setFrom] as const
}

const isAway = () => document.visibilityState !== 'visible' || !document.hasFocus()
