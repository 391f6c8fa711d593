import { useEffect, useState } from 'react'
import { threadChannel } from '@/lib/channels'
import { realtime } from '@/lib/client'

const DEFAULT_SECONDS = 6

/** Who else is typing in a thread: until it is not said any more, or the message is there. */
export function useTyping(threadId: string, me: string): readonly string[] {
  const [typing, setTyping] = useState<readonly string[]>([])
  useEffect(() => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>()
    const publish = () => setTyping([...timers.keys()])
    const stop = (userId: string) => {
      clearTimeout(timers.get(userId))
      if (timers.delete(userId)) publish()
    }
    const leave = realtime.subscribe(threadChannel(threadId), {
      ephemeral: ({ op, userId, expiresIn }) => {
        if (op !== 'typing' || typeof userId !== 'string' || userId === me) return
        clearTimeout(timers.get(userId))
        const seconds = typeof expiresIn === 'number' ? expiresIn : DEFAULT_SECONDS
        timers.set(
          userId,
          setTimeout(() => stop(userId), seconds * 1000),
        )
        publish()
      },
      change: ({ resource, op, actor }) => {
        if (resource === 'message' && op === 'create' && actor !== null) stop(actor)
      },
    })
    return () => {
      leave()
      for (const timer of timers.values()) clearTimeout(timer)
      setTyping([])
    }
  }, [threadId, me])
  return typing
}
