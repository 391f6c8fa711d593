import { useEffect, useRef } from 'react'
import type { Message } from '@/api/types'
import { excerptOf } from './messages'
import type { Author } from './MessageRow'

interface AnnouncerProps {
  messages: readonly Message[]
  meId: string
  authorOf: (userId: string | null) => Author
}

/** Reads out the newest message of somebody else; what was there on arrival is not news. */
export function Announcer({ messages, meId, authorOf }: AnnouncerProps) {
  const arrival = useRef(messages.at(-1)?.version ?? 0)
  const region = useRef<HTMLDivElement>(null)
  const newest = messages.findLast((message) => message.authorId !== meId)

  useEffect(() => {
    if (!newest || !region.current || newest.version <= arrival.current) return
    arrival.current = newest.version
    region.current.textContent = `${authorOf(newest.authorId).name}: ${excerptOf(newest.body, 300)}`
  }, [newest, authorOf])

  return <div ref={region} role="log" aria-live="polite" aria-label="New messages" className="sr-only" />
}
