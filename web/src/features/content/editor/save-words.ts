import type { DocumentState } from '@/lib/documents/document-session'

export type Tone = 'calm' | 'busy' | 'warning'

export interface SaveWords {
  tone: Tone
  words: string
}

interface Situation {
  isConnected: boolean
  mayWrite: boolean
  isIdle: boolean
  /** What waits is not on this device either, and that for longer than writing it down takes. */
  isUnkept: boolean
}

export const waitingOnDevice = (count: number): string =>
  count === 1 ? '1 change waiting on this device' : `${count} changes waiting on this device`

/** Where what is written is at this moment, in a few words. */
export function saveWords(
  { phase, waiting }: Pick<DocumentState, 'phase' | 'waiting'>,
  { isConnected, mayWrite, isIdle, isUnkept }: Situation,
): SaveWords {
  if (phase === 'closed') return { tone: 'warning', words: 'Not available' }
  if (waiting > 0 && isUnkept) return { tone: 'warning', words: 'Not kept on this device: stay on this page' }
  if (waiting > 0)
    return isConnected ? { tone: 'busy', words: 'Saving…' } : { tone: 'warning', words: waitingOnDevice(waiting) }
  if (!isConnected) return { tone: 'warning', words: mayWrite ? 'Offline, all changes saved' : 'Offline' }
  if (!mayWrite) return { tone: 'calm', words: 'View only' }
  return { tone: 'calm', words: isIdle ? 'Saved. You are idle: others do not see you here' : 'Saved' }
}
