import type { Tone } from '@/components/Badge'

const states: Readonly<Record<string, { tone: Tone; text: string }>> = {
  waiting: { tone: 'neutral', text: 'Waiting' },
  running: { tone: 'info', text: 'Being made' },
  ready: { tone: 'success', text: 'Ready' },
  failed: { tone: 'danger', text: 'Failed' },
  cancelled: { tone: 'neutral', text: 'Cancelled' },
}

/** A state that this version of the app does not know yet is shown by its name. */
export const wordOf = (state: string): { tone: Tone; text: string } => states[state] ?? { tone: 'unknown', text: state }

/** The parts that people ask about, with their numbers. */
export const contentsOf = (counts: Readonly<Record<string, number>>): string =>
  ['threads', 'messages', 'members']
    .flatMap((name) => {
      const count = counts[name]
      return count === undefined ? [] : `${count.toLocaleString()} ${count === 1 ? name.slice(0, -1) : name}`
    })
    .join(', ')
