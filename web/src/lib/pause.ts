/** What a signal was given up with, as something to throw. */
export const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new DOMException('Aborted', 'AbortError')

interface PauseOptions {
  /** Ends the wait, with its reason. */
  signal?: AbortSignal | undefined
  /** Goes on at once when the browser says that it is online again. */
  untilOnline?: boolean
}

/** A while. */
export function pause(milliseconds: number, { signal, untilOnline = false }: PauseOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      if (untilOnline) removeEventListener('online', end)
      if (signal?.aborted) reject(reasonOf(signal))
      else resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
    if (untilOnline) addEventListener('online', end)
  })
}
