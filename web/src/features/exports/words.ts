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

const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** A size as file managers say it. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const amount = bytes / 1000 ** power
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: power === 0 || amount >= 100 ? 0 : 1 })} ${units[power]}`
}

/** The parts that people ask about, with their numbers. */
export const contentsOf = (counts: Readonly<Record<string, number>>): string =>
  ['threads', 'messages', 'members']
    .flatMap((name) => {
      const count = counts[name]
      return count === undefined ? [] : `${count.toLocaleString()} ${count === 1 ? name.slice(0, -1) : name}`
    })
    .join(', ')
