import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { RegionBoundary } from '@/components/RegionBoundary'
import { Toasts } from '@/components/Toasts'
import { credentials, tracer } from '@/lib/client'
import { useStore } from '@/lib/react/use-store'
import { isDeveloper } from './developer/developer-mode'
import type { AppRouter } from './router'
import { Starting } from './Starting'

// Asked before anything starts, so that nothing is said unrecorded.
tracer.isOn = isDeveloper()
const DeveloperPanel = tracer.isOn
  ? lazy(() => import('./developer/DeveloperPanel').then((module) => ({ default: module.DeveloperPanel })))
  : undefined

export function App({ cache, router }: { cache: QueryClient; router: AppRouter }) {
  const signIn = useStore(credentials.signIn)
  const isSignedIn = signIn === 'signed-in'

  // The routes decide by the sign-in who may see them, so they are asked again when it changes.
  useEffect(() => void router.invalidate(), [router, isSignedIn])

  if (signIn === 'unknown') return <Starting />
  return (
    <QueryClientProvider client={cache}>
      <RouterProvider router={router} context={{ cache, isSignedIn }} />
      <Toasts />
      {DeveloperPanel && (
        <RegionBoundary name="The developer panel">
          <Suspense fallback={null}>
            <DeveloperPanel />
          </Suspense>
        </RegionBoundary>
      )}
    </QueryClientProvider>
  )
}
