const FIRST = 1_000
const MOST = 30_000
const JITTER = 0.2

/** 1 s, 2 s, 4 s, 8 s … at most 30 s, each ±20 %, so that a thousand clients do not come back in the same instant. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const exact = Math.min(MOST, FIRST * 2 ** attempt)
  return Math.min(MOST, Math.round(exact * (1 - JITTER + 2 * JITTER * random())))
}
