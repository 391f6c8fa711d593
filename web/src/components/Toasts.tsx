import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { Toast as Radix } from 'radix-ui'
import { useSyncExternalStore } from 'react'
import { Button } from './Button'
import { cx } from './cx'
import { dismissToast, toasts, type ShownToast } from './toasts'

const icons = { info: Info, success: CircleCheck, danger: CircleAlert }
const inks = { info: 'text-ink-soft', success: 'text-success', danger: 'text-danger' }

const SHOW_FOR = 6_000
/** Long enough to read, decide and reach the button. */
const SHOW_ACTION_FOR = 12_000

/** Where toasts appear: above the composer and the tabs of a phone, whose buttons they would cover. They wait while one points at them or is among them; F8 goes there from anywhere. */
export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get)
  return (
    <Radix.Provider label="Notification" swipeDirection="down">
      {shown.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
      <Radix.Viewport className="fixed right-4 bottom-[calc(6.5rem+env(safe-area-inset-bottom))] z-60 flex w-88 max-w-[calc(100vw-2rem)] flex-col gap-2 outline-none" />
    </Radix.Provider>
  )
}

function ToastItem({ toast: { id, message, tone = 'info', action, isLasting } }: { toast: ShownToast }) {
  const Icon = icons[tone]
  return (
    <Radix.Root
      duration={isLasting ? Infinity : action ? SHOW_ACTION_FOR : SHOW_FOR}
      type={tone === 'danger' ? 'foreground' : 'background'}
      onOpenChange={(open) => !open && dismissToast(id)}
      className="flex animate-rise items-center gap-2.5 rounded-xl border border-line bg-raised py-2 pr-2 pl-3.5 text-sm shadow-far"
    >
      <Icon aria-hidden className={cx('size-4 shrink-0', inks[tone])} />
      <Radix.Description className="min-w-0 flex-1 py-1">{message}</Radix.Description>
      {action && (
        <Radix.Action asChild altText={action.label}>
          <Button variant="quiet" size="small" className="text-accent-ink!" onClick={action.run}>
            {action.label}
          </Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <Button variant="quiet" size="icon-small" aria-label="Dismiss">
          <X aria-hidden className="size-4" />
        </Button>
      </Radix.Close>
    </Radix.Root>
  )
}
