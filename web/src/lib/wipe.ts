/** Takes everything of a person off this device: what was kept to be read, what waits, drafts, and the app's own copy. */
export async function wipeDevice(): Promise<void> {
  try {
    localStorage.clear()
    sessionStorage.clear()
  } catch {
    // Blocked storage holds nothing.
  }
  await Promise.allSettled([wipeDatabases(), wipeCaches(), wipeWorkers()])
}

async function wipeDatabases(): Promise<void> {
  const databases = await indexedDB.databases()
  await Promise.all(
    databases.map(
      ({ name = '' }) =>
        new Promise<void>((resolve) => {
          const request = indexedDB.deleteDatabase(name)
          request.onsuccess = request.onerror = () => resolve()
        }),
    ),
  )
}

async function wipeCaches(): Promise<void> {
  if (!('caches' in globalThis)) return
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)))
}

async function wipeWorkers(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await Promise.all((await navigator.serviceWorker.getRegistrations()).map((worker) => worker.unregister()))
}
