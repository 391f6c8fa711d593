import { vi } from 'vitest'

/** What Node has and a page has not. */
const node = globalThis as unknown as {
  process: { env: Record<string, string | undefined> }
  setImmediate: (done: () => void) => void
}

/** Which seeds to run: RENEXUS_RUNS says how many, RENEXUS_SEED the first; RENEXUS_LONG=1 runs a thousand. */
export function seedsToRun(usually: number): { first: number; runs: number } {
  const { RENEXUS_RUNS, RENEXUS_SEED, RENEXUS_LONG } = node.process.env
  return { first: Number(RENEXUS_SEED ?? 1), runs: Number(RENEXUS_RUNS ?? (RENEXUS_LONG === '1' ? 1_000 : usually)) }
}

/** Lets time pass from one event to the next. Everything between two of them happens in microtasks. */
export async function passUntil(isSo: () => boolean, within: number): Promise<boolean> {
  const end = Date.now() + within
  while (!isSo()) {
    if (Date.now() >= end || vi.getTimerCount() === 0) return false
    vi.advanceTimersToNextTimer()
    await new Promise<void>((done) => node.setImmediate(done))
  }
  return true
}

export async function pass(milliseconds: number): Promise<void> {
  let isOver = false
  setTimeout(() => (isOver = true), milliseconds)
  await passUntil(() => isOver, milliseconds + 1)
}
