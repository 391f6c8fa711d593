import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Toasts } from '@/components/Toasts'
import { credentials } from '@/lib/client'
import { useStore } from '@/lib/react/use-store'
import type { AppRouter } from './router'
import { Starting } from './Starting'

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
    </QueryClientProvider>
  )
}
