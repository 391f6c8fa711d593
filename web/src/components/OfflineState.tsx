import { WifiOff } from 'lucide-react'
import { Button } from './Button'
import { State } from './State'

interface OfflineStateProps {
  title?: string
  onRetry?: (() => void) | undefined
  level?: 1 | 2
}

/** What is not on this device and cannot be fetched now. What is written meanwhile is kept, and it says so. */
export const OfflineState = ({ title = 'Not available offline', onRetry, level = 2 }: OfflineStateProps) => (
  <State icon={WifiOff} title={title} level={level} action={onRetry && <Button onClick={onRetry}>Try again</Button>}>
    The server cannot be reached. What you have written is kept and goes out when the connection is back.
  </State>
)
