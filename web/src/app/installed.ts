import { dismissToast, toast } from '@/components/toasts'
import { realtime } from '@/lib/client'

/** A page that is open for weeks asks for a new version this often, in milliseconds, and after each time that the server was away. */
const ASKS_EVERY = 60 * 60_000

/** Keeps the app itself on the device, where the browser can, and offers a new version once it is there. */
export function keepAppOnDevice(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  let isWanted = false
  let notice = ''

  const offer = (registration: ServiceWorkerRegistration) => {
    dismissToast(notice)
    notice = toast({
      message: 'A new version of Renexus is here.',
      action: {
        label: 'Reload',
        run: () => {
          isWanted = true
          // Another tab may have let it take over already.
          if (registration.waiting) registration.waiting.postMessage('take over')
          else location.reload()
        },
      },
      isLasting: true,
    })
  }

  // At the first visit it only takes up its work. Where another tab's person asked for it, this one still has things open.
  serviceWorker.addEventListener('controllerchange', () => {
    if (isWanted) location.reload()
  })
  void serviceWorker
    .register('/service-worker.js')
    .then((registration) => {
      if (registration.waiting) offer(registration)
      registration.addEventListener('updatefound', () => {
        const next = registration.installing
        next?.addEventListener('statechange', () => {
          if (next.state === 'installed' && serviceWorker.controller) offer(registration)
        })
      })
      askForNewVersions(registration)
    })
    // Without it the app needs the network to open, and works otherwise.
    .catch(() => undefined)
}

function askForNewVersions(registration: ServiceWorkerRegistration): void {
  const ask = () => void registration.update().catch(() => undefined)
  setInterval(ask, ASKS_EVERY)
  let wasAway = false
  realtime.state.subscribe(() => {
    const { status } = realtime.state.get()
    if (status === 'waiting') wasAway = true
    else if (status === 'connected' && wasAway) {
      wasAway = false
      ask()
    }
  })
}
