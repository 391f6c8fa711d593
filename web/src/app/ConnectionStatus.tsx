import { CloudOff, CloudUpload, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { waitingWords } from '@/features/sync/words'
import { documents, outbox, realtime } from '@/lib/client'
import { showsWaiting } from '@/lib/deciding'
import { changesIn } from '@/lib/documents/documents'
import { isOfWeight, isOnItsWay } from '@/lib/outbox'
import { useLasting } from '@/lib/react/use-lasting'
import { useNow } from '@/lib/react/use-now'
import { useStore } from '@/lib/react/use-store'
import type { ConnectionState } from '@/lib/realtime/realtime'

/** What each final closing code asks of the person. */
const reasons: Readonly<Record<number, string>> = {
  4503: 'Renexus is open in too many places. Close one of them, then try again.',
  4506: 'This address may not connect to the server. Tell your operator.',
}

const SAY_CONNECTING_AFTER = 1_500
const SAY_WAITING_AFTER = 3_000

/** What is wanted here and not on the server yet; what was refused waits for the person and not for the network. */
const useWaiting = () => {
  const entries = useStore(outbox.entries).filter((entry) => isOnItsWay(entry) && isOfWeight(entry))
  return entries.length + changesIn(useStore(documents.waiting))
}

/** Shown on every screen of every size: one small sign while all is well. */
export function ConnectionStatus() {
  const state = useStore(realtime.state)
  const waiting = useWaiting()
  const isConnected = state.status === 'connected'
  return (
    <span
      className={cx(
        'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium',
        isConnected ? 'text-ink-soft' : 'bg-warning-ground text-warning',
      )}
    >
      <span
        aria-hidden
        className={cx(
          'size-2 rounded-full',
          isConnected ? 'bg-success' : 'bg-warning',
          state.status === 'connecting' && 'animate-pulse',
        )}
      />
      {shortly(state)}
      {!isConnected && waiting > 0 && <span className="tabular-nums">· {waiting}</span>}
    </span>
  )
}

function shortly(state: ConnectionState): string {
  if (state.status === 'connected') return 'Connected'
  if (state.status === 'stopped') return 'Disconnected'
  if (state.status === 'waiting' && state.offline) return 'Offline'
  if (state.status !== 'idle' && state.restarting) return 'Restarting'
  return state.status === 'waiting' ? 'Reconnecting' : 'Connecting'
}

/** What is going on when all is not well, how long it will take, what waits for it, and what one can do. */
export function ConnectionBar() {
  const state = useStore(realtime.state)
  const waiting = useWaiting()
  // Every start connects; only one that takes its time is worth a bar.
  const isSlow = useLasting(state.status === 'connecting', SAY_CONNECTING_AFTER)
  if (state.status === 'connected' || state.status === 'idle' || (state.status === 'connecting' && !isSlow))
    return <ChangesBar waiting={waiting} />
  return (
    <section
      aria-label="Connection"
      className="flex min-h-10 shrink-0 flex-wrap items-center justify-center gap-x-3 bg-warning-ground px-4 py-1 text-sm text-warning"
    >
      {state.status === 'connecting' ? (
        <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />
      ) : (
        <CloudOff aria-hidden className="size-4 shrink-0" />
      )}
      <p className="max-md:flex-1 max-md:basis-48">
        {/* Read out when the state changes; a countdown read out each second would drown everything else. */}
        <span role="status">{headline(state)}</span>
        {state.status === 'waiting' && <Countdown to={state.retryAt} />}
      </p>
      {waiting > 0 && <WaitingButton>{waitingWords(waiting)}</WaitingButton>}
      {(state.status === 'waiting' || state.status === 'stopped') && (
        <Button size="small" variant="secondary" onClick={() => realtime.retryNow()}>
          Try now
        </Button>
      )}
    </section>
  )
}

const WaitingButton = ({ children }: { children: ReactNode }) => (
  <Button size="small" variant="quiet" onClick={() => showsWaiting.set(true)}>
    {children}
  </Button>
)

/** The way is there, and still something is not done: it takes its time, or somebody has to look at it. */
function ChangesBar({ waiting }: { waiting: number }) {
  const refused = useStore(outbox.entries).filter((entry) => !isOnItsWay(entry)).length
  const isSlow = useLasting(waiting > 0, SAY_WAITING_AFTER)
  if (refused === 0 && !isSlow) return null
  return (
    <section
      aria-label="Changes"
      className="flex min-h-10 shrink-0 flex-wrap items-center justify-center gap-x-3 bg-warning-ground px-4 py-1 text-sm text-warning"
    >
      <CloudUpload aria-hidden className="size-4 shrink-0" />
      <p role="status">{refused > 0 ? refusedWords(refused) : waitingWords(waiting)}</p>
      <WaitingButton>Look</WaitingButton>
    </section>
  )
}

const refusedWords = (count: number) =>
  count === 1 ? '1 change could not be made' : `${count} changes could not be made`

function headline(state: ConnectionState): string {
  switch (state.status) {
    case 'connecting':
      return state.restarting ? 'The server is restarting…' : 'Connecting…'
    case 'waiting':
      if (state.restarting && !state.offline) return 'The server is restarting. Nothing is lost.'
      return state.offline ? 'You are offline.' : 'The connection was lost.'
    case 'stopped':
      return reasons[state.code] ?? 'The server ended the connection. Reload the page if trying again does not help.'
    default:
      return ''
  }
}

function Countdown({ to }: { to: number }) {
  const now = useNow(250)
  const seconds = Math.max(0, Math.ceil((to - now) / 1000))
  return <span className="tabular-nums"> Reconnecting in {seconds} s</span>
}
