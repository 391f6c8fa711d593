import type { QueueInfo } from '@/api/types'

/** Counting stops here. */
const MOST = 10_000
const RECENT = 5

export const countText = (count: number) =>
  count > MOST ? `${MOST.toLocaleString('en')}+` : count.toLocaleString('en')

/** Jobs a minute over the last five; the running minute counts as far as it has come. */
export function rateOf({ minutes }: Pick<QueueInfo, 'minutes'>, now: number) {
  const since = now - RECENT * 60_000
  const done = minutes.filter(({ at }) => Date.parse(at) > since).reduce((sum, minute) => sum + minute.done, 0)
  return Math.round((done / RECENT) * 10) / 10
}

/** Tries that failed and jobs that were given up, in the last hour. */
export const failuresOf = ({ minutes }: Pick<QueueInfo, 'minutes'>) =>
  minutes.reduce((sum, { retried, died }) => sum + retried + died, 0)

/** How long something waits: seconds, minutes, hours or days, whichever says it in few digits. */
export function ageText(since: string, now: number) {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}
