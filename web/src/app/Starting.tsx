import { useEffect, useState } from 'react'
import { Logo } from '@/components/Logo'

/** Long enough that a quick start shows nothing at all. */
const SHOW_AFTER = 400
const ADMIT_AFTER = 4_000

/** Until it is known whether somebody is signed in; when the server cannot be reached, it says so and keeps trying. */
export function Starting() {
  const [waited, setWaited] = useState<'not at all' | 'a moment' | 'long'>('not at all')
  useEffect(() => {
    const timers = [
      setTimeout(() => setWaited('a moment'), SHOW_AFTER),
      setTimeout(() => setWaited('long'), ADMIT_AFTER),
    ]
    return () => timers.forEach((timer) => clearTimeout(timer))
  }, [])

  if (waited === 'not at all') return null
  return (
    <main className="flex h-full flex-col items-center justify-center gap-5 p-6 text-center">
      <Logo className="size-12 animate-pulse" />
      <p role="status" className="max-w-xs text-sm text-ink-soft">
        {waited === 'a moment'
          ? 'Connecting…'
          : 'The server cannot be reached yet. This page keeps trying and goes on by itself.'}
      </p>
    </main>
  )
}
