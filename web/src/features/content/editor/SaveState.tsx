import { Check, CloudOff, CloudUpload, type LucideIcon } from 'lucide-react'
import { cx } from '@/components/cx'
import { realtime } from '@/lib/client'
import type { DocumentSession } from '@/lib/documents/document-session'
import { useLasting } from '@/lib/react/use-lasting'
import { useStore } from '@/lib/react/use-store'
import { saveWords, type Tone } from './save-words'

const icons: Readonly<Record<Tone, LucideIcon>> = { calm: Check, busy: CloudUpload, warning: CloudOff }

/** Longer than writing something down on the device takes. */
const KEPT_WITHIN = 2_000

/** Says at all times, on every size of screen, whether what is written is on the server. */
export function SaveState({ session, mayWrite }: { session: DocumentSession; mayWrite: boolean }) {
  const state = useStore(session.state)
  const isConnected = useStore(realtime.state).status === 'connected'
  const isIdle = useStore(session.isIdle)
  const isUnkept = useLasting(!state.isKept, KEPT_WITHIN)
  const { tone, words } = saveWords(state, { isConnected, mayWrite, isIdle, isUnkept })
  const Icon = icons[tone]
  return (
    <p
      data-save-state={tone}
      className={cx(
        'ml-auto inline-flex min-h-6 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium',
        tone === 'warning' ? 'bg-warning-ground text-warning' : 'text-ink-soft',
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {/* Read out only when it is of concern: it changes with every pause in writing. */}
      <span role={tone === 'warning' ? 'status' : undefined}>{words}</span>
    </p>
  )
}
