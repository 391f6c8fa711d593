import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { passkeysWork } from './webauthn'

interface PasskeyButtonProps {
  onPress: () => Promise<unknown>
  children: ReactNode
}

/** Asks the browser for a passkey; where it knows none of them there is no button. */
export function PasskeyButton({ onPress, children }: PasskeyButtonProps) {
  const [failure, setFailure] = useState<string>()
  const [busy, setBusy] = useState(false)
  if (!passkeysWork()) return null

  const press = async () => {
    setFailure(undefined)
    setBusy(true)
    try {
      await onPress()
    } catch (error) {
      setFailure(describe(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="flex flex-col gap-3">
      <Button onClick={() => void press()} busy={busy} size="large">
        {!busy && <KeyRound aria-hidden className="size-4" />}
        {children}
      </Button>
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
    </div>
  )
}
