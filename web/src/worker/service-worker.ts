/**
 * Keeps the app itself on the device (UI-4), so that it opens without a network: the page and everything the build made,
 * under the build's version. It never touches what the server says: /api, /ws and the like pass it by.
 */

const worker = self as unknown as ServiceWorkerGlobalScope

// scripts/finish-build.mjs puts in what the build made.
const FILES = ['__FILES__']
const VERSION = '__VERSION__'

const CACHE = `renexus.app.${VERSION}`
const PAGE = '/index.html'
const SERVER_PATHS = ['/api/', '/ws', '/health', '/metrics', '/openapi.json']

worker.addEventListener('install', (event) => {
  // Assets have their contents in their names; the page must come fresh.
  const files = FILES.map((file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files)))
})

worker.addEventListener('activate', (event) => {
  const older = async () => {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))
    await worker.clients.claim()
  }
  event.waitUntil(older())
})

worker.addEventListener('message', ({ data }) => {
  // The person wants the new version now.
  if (data === 'take over') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  if (SERVER_PATHS.some((path) => pathname.startsWith(path))) return
  if (request.mode === 'navigate') event.respondWith(kept(PAGE, request))
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, request))
})

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  return (await cache.match(path)) ?? fetch(request)
}
