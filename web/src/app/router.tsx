import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { workspaces } from '@/features/workspaces/api'
import { ErrorScreen } from './ErrorScreen'
import { lastWorkspace } from './last-workspace'
import { NotFoundScreen } from './NotFoundScreen'

interface Context {
  cache: QueryClient
  isSignedIn: boolean
}

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFoundScreen })

// For everybody

const components = createRoute({ getParentRoute: () => root, path: '/components' }).lazy(() =>
  import('./routes/components').then((module) => module.route),
)

// For those who are not signed in

interface Return {
  /** Where to go once signed in: a path of this app. */
  next?: string
}

const isOwnPath = (path: unknown): path is string => typeof path === 'string' && /^\/(?![/\\])/.test(path)

const entrance = createRoute({
  getParentRoute: () => root,
  id: 'entrance',
  validateSearch: ({ next }: Record<string, unknown>): Return => (isOwnPath(next) ? { next } : {}),
  beforeLoad: ({ context, search }) => {
    if (context.isSignedIn) throw redirect({ href: search.next ?? '/', replace: true })
  },
})

const signIn = createRoute({ getParentRoute: () => entrance, path: '/sign-in' }).lazy(() =>
  import('./routes/sign-in').then((module) => module.route),
)

const signUp = createRoute({ getParentRoute: () => entrance, path: '/sign-up' }).lazy(() =>
  import('./routes/sign-up').then((module) => module.route),
)

// For members

const member = createRoute({
  getParentRoute: () => root,
  id: 'member',
  beforeLoad: ({ context, location }) => {
    if (!context.isSignedIn)
      throw redirect({
        to: '/sign-in',
        search: location.pathname === '/' ? {} : { next: location.href },
        replace: true,
      })
  },
  loader: ({ context }) =>
    Promise.all([
      context.cache.query({ ...me, staleTime: 'static' }),
      context.cache.query({ ...workspaces, staleTime: 'static' }),
    ]),
}).lazy(() => import('./routes/member').then((module) => module.route))

const home = createRoute({
  getParentRoute: () => member,
  path: '/',
  loader: async ({ context }) => {
    const known = await context.cache.query({ ...workspaces, staleTime: 'static' })
    const last = known.find((workspace) => workspace.id === lastWorkspace.get()) ?? known[0]
    throw last
      ? redirect({ to: '/w/$workspaceId', params: { workspaceId: last.id }, replace: true })
      : redirect({ to: '/welcome', replace: true })
  },
})

const welcome = createRoute({ getParentRoute: () => member, path: '/welcome' }).lazy(() =>
  import('./routes/welcome').then((module) => module.route),
)

const workspace = createRoute({
  getParentRoute: () => member,
  path: '/w/$workspaceId',
  loader: ({ params }) => lastWorkspace.set(params.workspaceId),
}).lazy(() => import('./routes/workspace').then((module) => module.route))

const workspaceHome = createRoute({ getParentRoute: () => workspace, path: '/' }).lazy(() =>
  import('./routes/workspace-home').then((module) => module.route),
)

const thread = createRoute({ getParentRoute: () => workspace, path: '/t/$threadId' }).lazy(() =>
  import('./routes/thread').then((module) => module.route),
)

const members = createRoute({ getParentRoute: () => workspace, path: '/members' }).lazy(() =>
  import('./routes/members').then((module) => module.route),
)

const routeTree = root.addChildren([
  components,
  entrance.addChildren([signIn, signUp]),
  member.addChildren([home, welcome, workspace.addChildren([workspaceHome, thread, members])]),
])

export const createAppRouter = (cache: QueryClient) =>
  createRouter({
    routeTree,
    context: { cache, isSignedIn: false },
    defaultPreload: 'intent',
    // TanStack Query decides what is fresh.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorScreen,
    scrollRestoration: true,
  })

export type AppRouter = ReturnType<typeof createAppRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter
  }
}
