import { useEffect, useRef, useState } from 'react'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { Problem } from '@/lib/problem'
import { PasskeyButton } from './PasskeyButton'
import { signInWithPasskey } from './passkeys'
import { passkeysAutofill } from './webauthn'

/** A challenge that waits among the suggestions is replaced before the server forgets it. */
const CHALLENGE_LIFE = 4 * 60_000

/** Signing in with a passkey: by the button, or picked from what the browser suggests in the email field. */
export function PasskeySignIn() {
  const [failure, setFailure] = useState<string>()
  const suggestion = useRef<AbortController>(undefined)

  useEffect(() => {
    const controller = new AbortController()
    suggestion.current = controller
    void suggest(controller.signal).catch((error: unknown) => {
      // Only what the person tried is worth a word; the button is there when suggesting itself does not work.
      if (error instanceof Problem && error.status === 401) setFailure(describe(error))
    })
    return () => controller.abort()
  }, [])

  return (
    <>
      <PasskeyButton
        onPress={async () => {
          // The browser asks for one thing at a time.
          suggestion.current?.abort()
          setFailure(undefined)
          await signInWithPasskey()
        }}
      >
        Use a passkey
      </PasskeyButton>
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
    </>
  )
}

async function suggest(stop: AbortSignal): Promise<void> {
  if (!(await passkeysAutofill())) return
  const life = AbortSignal.timeout(CHALLENGE_LIFE)
  try {
    await signInWithPasskey({ autofill: true, signal: AbortSignal.any([stop, life]) })
  } catch (error) {
    if (stop.aborted) return
    if (!life.aborted) throw error
    await suggest(stop)
  }
}
