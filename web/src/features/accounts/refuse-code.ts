import { Problem } from '@/lib/problem'

/** A wrong code is said beside the code; everything else is somebody else's to say. */
export function refuseCode(error: unknown, say: (message: string) => void): void {
  if (!(error instanceof Problem) || error.code !== 'second_factor_invalid') throw error
  say('This code is not right, or was used already. Wait for the next one and try again.')
}
