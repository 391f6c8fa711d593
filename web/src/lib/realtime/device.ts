/** What a device says about itself. Programs that are no page in a browser hear nothing, and are never offline. */
export interface DeviceListener {
  online: () => void
  offline: () => void
  /** The page is on screen again: on a phone it may have slept for hours. */
  visible: () => void
}

const hasPage = typeof document !== 'undefined'

export const isOffline = (): boolean => hasPage && !navigator.onLine

export function watchDevice({ online, offline, visible }: DeviceListener): () => void {
  if (!hasPage) return () => undefined
  const onVisibility = () => {
    if (document.visibilityState === 'visible') visible()
  }
  window.addEventListener('online', online)
  window.addEventListener('offline', offline)
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    window.removeEventListener('online', online)
    window.removeEventListener('offline', offline)
    document.removeEventListener('visibilitychange', onVisibility)
  }
}
