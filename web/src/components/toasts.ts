import { newId } from '@/lib/ids'
import { Store } from '@/lib/store'

export interface ToastContent {
  message: string
  tone?: 'info' | 'success' | 'danger'
  /** One thing to do about it, such as “Undo”. */
  action?: { label: string; run: () => void }
  /** Stays until somebody acts on it or dismisses it: it is still true tomorrow. */
  isLasting?: true
}

export interface ShownToast extends ToastContent {
  id: string
}

/** More at once would hide the screen they talk about. */
const AT_ONCE = 3

export const toasts = new Store<readonly ShownToast[]>([])

/** Says something for a while at the edge of the screen, and aloud; `<Toasts>` in src/app shows it. */
export function toast(content: ToastContent): string {
  const id = newId()
  const shown = [...toasts.get(), { ...content, id }]
  const passing = shown.filter(({ isLasting }) => !isLasting).slice(-AT_ONCE)
  toasts.set(shown.filter((one) => one.isLasting ?? passing.includes(one)))
  return id
}

export const dismissToast = (id: string): void => toasts.set(toasts.get().filter((shown) => shown.id !== id))
