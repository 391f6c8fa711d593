import { toast } from '@/components/toasts'

/** Keeps the app itself on the device, where the browser can, and offers a new version once it is there. */
export function keepAppOnDevice(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  let isReloading = false
  let isFirst = serviceWorker.controller === null
  serviceWorker.addEventListener('controllerchange', () => {
    // At the first visit it only takes up its work; what comes later is another version.
    if (!isFirst && !isReloading) {
      isReloading = true
      location.reload()
    }
    isFirst = false
  })
  void serviceWorker
    .register('/service-worker.js')
    .then((registration) => {
      if (registration.waiting) offer(registration.waiting)
      registration.addEventListener('updatefound', () => {
        const next = registration.installing
        next?.addEventListener('statechange', () => {
          if (next.state === 'installed' && serviceWorker.controller) offer(next)
        })
      })
    })
    // Without it the app needs the network to open, and works otherwise.
    .catch(() => undefined)
}

function offer(next: ServiceWorker): void {
  toast({
    message: 'A new version of Renexus is here.',
    isLasting: true,
    action: { label: 'Reload', run: () => next.postMessage('take over') },
  })
}
