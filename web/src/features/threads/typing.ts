import { threadChannel } from '@/lib/channels'
import { realtime } from '@/lib/client'

/** While one types it is said so often; whoever hears it forgets it later than that. */
const SAY_EVERY = 3_000

/** Says that this person types in a thread, not oftener than it helps. A sent message ends it. */
export function typingIn(threadId: string): { typed: () => void; sent: () => void } {
  let saidAt = -Infinity
  return {
    typed: () => {
      if (Date.now() - saidAt < SAY_EVERY) return
      saidAt = Date.now()
      realtime.tell(threadChannel(threadId), { op: 'typing' })
    },
    sent: () => (saidAt = -Infinity),
  }
}

/** "Ada is typing", for one, two and more. */
export function typingText(names: readonly string[]): string {
  const [first, second, ...others] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing`
  if (others.length === 0) return `${first} and ${second} are typing`
  return `${first}, ${second} and ${others.length === 1 ? 'one other' : `${others.length} others`} are typing`
}
