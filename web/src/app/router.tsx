import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { me } from '@/features/accounts/api'
import { auditFilters } from '@/features/audit/filters'
import { contentFilters } from '@/features/content/filters'
import { loadMarkdown } from '@/features/threads/markdown-loader'
import { workspaces } from '@/features/workspaces/api'
import { ErrorScreen } from './ErrorScreen'
import { lastWorkspace } from './last-workspace'
import { NotFoundScreen } from './NotFoundScreen'
import { providerAnswer } from './provider-answer'

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
  /** Whose account it is about, as far as a link said. */
  email?: string
}

const isOwnPath = (path: unknown): path is string => typeof path === 'string' && /^\/(?![/\\])/.test(path)

const returnOf = ({ next, email }: Record<string, unknown>): Return => ({
  ...(isOwnPath(next) && { next }),
  ...(typeof email === 'string' && { email }),
})

const entrance = createRoute({
  getParentRoute: () => root,
  id: 'entrance',
  validateSearch: returnOf,
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

// Where providers send people back to, signed in or not. Read as it came: what looks like a number in it is none.
const provider = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/$providerId',
  validateSearch: () => providerAnswer(window.location.search),
}).lazy(() => import('./routes/provider').then((module) => module.route))

// Also for who is signed in: the way on after a device was signed out by its mail, and for accounts without a password.
const forgot = createRoute({ getParentRoute: () => root, path: '/forgot', validateSearch: returnOf }).lazy(() =>
  import('./routes/forgot').then((module) => module.route),
)

// Where the links of mails lead, signed in or not

const validateSearch = ({ token }: Record<string, unknown>) => ({ token: typeof token === 'string' ? token : '' })

const reset = createRoute({ getParentRoute: () => root, path: '/reset', validateSearch }).lazy(() =>
  import('./routes/reset').then((module) => module.route),
)

const verify = createRoute({ getParentRoute: () => root, path: '/verify', validateSearch }).lazy(() =>
  import('./routes/verify').then((module) => module.route),
)

const notMe = createRoute({ getParentRoute: () => root, path: '/not-me', validateSearch }).lazy(() =>
  import('./routes/not-me').then((module) => module.route),
)

const invite = createRoute({ getParentRoute: () => root, path: '/invite', validateSearch }).lazy(() =>
  import('./routes/invite').then((module) => module.route),
)

const unsubscribe = createRoute({ getParentRoute: () => root, path: '/unsubscribe', validateSearch }).lazy(() =>
  import('./routes/unsubscribe').then((module) => module.route),
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

// Where mails lead: the notifications are shown beside the workspace that one was in last.
const toNotifications = createRoute({
  getParentRoute: () => member,
  path: '/notifications',
  loader: async ({ context }) => {
    const known = await context.cache.query({ ...workspaces, staleTime: 'static' })
    const last = known.find((workspace) => workspace.id === lastWorkspace.get()) ?? known[0]
    throw last
      ? redirect({ to: '/w/$workspaceId/notifications', params: { workspaceId: last.id }, replace: true })
      : redirect({ to: '/welcome', replace: true })
  },
})

const welcome = createRoute({ getParentRoute: () => member, path: '/welcome' }).lazy(() =>
  import('./routes/welcome').then((module) => module.route),
)

const settings = createRoute({ getParentRoute: () => member, path: '/settings' }).lazy(() =>
  import('./routes/settings').then((module) => module.route),
)

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/profile', replace: true })
  },
})

const profile = createRoute({ getParentRoute: () => settings, path: '/profile' }).lazy(() =>
  import('./routes/profile').then((module) => module.route),
)

const security = createRoute({ getParentRoute: () => settings, path: '/security' }).lazy(() =>
  import('./routes/security').then((module) => module.route),
)

const apiKeys = createRoute({ getParentRoute: () => settings, path: '/keys' }).lazy(() =>
  import('./routes/api-keys').then((module) => module.route),
)

const preferences = createRoute({ getParentRoute: () => settings, path: '/preferences' }).lazy(() =>
  import('./routes/preferences').then((module) => module.route),
)

const notificationSettings = createRoute({ getParentRoute: () => settings, path: '/notifications' }).lazy(() =>
  import('./routes/notification-settings').then((module) => module.route),
)

const ownWorkspaces = createRoute({ getParentRoute: () => settings, path: '/workspaces' }).lazy(() =>
  import('./routes/own-workspaces').then((module) => module.route),
)

const ownData = createRoute({ getParentRoute: () => settings, path: '/data' }).lazy(() =>
  import('./routes/own-data').then((module) => module.route),
)

// For whoever runs the installation

const installation = createRoute({
  getParentRoute: () => settings,
  path: '/installation',
  validateSearch: auditFilters,
}).lazy(() => import('./routes/installation').then((module) => module.route))

const queues = createRoute({ getParentRoute: () => settings, path: '/queues' }).lazy(() =>
  import('./routes/queues').then((module) => module.route),
)

const workspace = createRoute({
  getParentRoute: () => member,
  path: '/w/$workspaceId',
  loader: ({ params }) => lastWorkspace.set(params.workspaceId),
}).lazy(() => import('./routes/workspace').then((module) => module.route))

const workspaceHome = createRoute({ getParentRoute: () => workspace, path: '/' }).lazy(() =>
  import('./routes/workspace-home').then((module) => module.route),
)

const thread = createRoute({
  getParentRoute: () => workspace,
  path: '/t/$threadId',
  // A message of the thread, by its version or its id.
  validateSearch: ({ m }: Record<string, unknown>): { m?: string } =>
    typeof m === 'string' || typeof m === 'number' ? { m: String(m) } : {},
}).lazy(async () => {
  const [module] = await Promise.all([import('./routes/thread'), loadMarkdown()])
  return module.route
})

const content = createRoute({
  getParentRoute: () => workspace,
  path: '/content',
  validateSearch: contentFilters,
}).lazy(() => import('./routes/content').then((module) => module.route))

const item = createRoute({
  getParentRoute: () => workspace,
  path: '/c/$itemId',
  // The comment that is open, by its id or its thread's.
  validateSearch: ({ comment }: Record<string, unknown>): { comment?: string } =>
    typeof comment === 'string' ? { comment } : {},
}).lazy(async () => {
  // Comments are messages.
  const [module] = await Promise.all([import('./routes/item'), loadMarkdown()])
  return module.route
})

const trash = createRoute({ getParentRoute: () => workspace, path: '/trash' }).lazy(() =>
  import('./routes/trash').then((module) => module.route),
)

const search = createRoute({
  getParentRoute: () => workspace,
  path: '/search',
  validateSearch: ({ q, type }: Record<string, unknown>): { q?: string; type?: 'message' | 'content' } => ({
    ...((typeof q === 'string' || typeof q === 'number') && { q: String(q) }),
    ...((type === 'message' || type === 'content') && { type }),
  }),
}).lazy(() => import('./routes/search').then((module) => module.route))

const mentions = createRoute({ getParentRoute: () => workspace, path: '/mentions' }).lazy(() =>
  import('./routes/mentions').then((module) => module.route),
)

const notifications = createRoute({ getParentRoute: () => workspace, path: '/notifications' }).lazy(() =>
  import('./routes/notifications').then((module) => module.route),
)

const members = createRoute({ getParentRoute: () => workspace, path: '/members' }).lazy(() =>
  import('./routes/members').then((module) => module.route),
)

const workspaceSettings = createRoute({ getParentRoute: () => workspace, path: '/settings' }).lazy(() =>
  import('./routes/workspace-settings').then((module) => module.route),
)

const audit = createRoute({
  getParentRoute: () => workspace,
  path: '/audit',
  validateSearch: auditFilters,
}).lazy(() => import('./routes/audit').then((module) => module.route))

const webhooks = createRoute({ getParentRoute: () => workspace, path: '/webhooks' }).lazy(() =>
  import('./routes/webhooks').then((module) => module.route),
)

const webhook = createRoute({ getParentRoute: () => workspace, path: '/webhooks/$webhookId' }).lazy(() =>
  import('./routes/webhook').then((module) => module.route),
)

const exportPage = createRoute({
  getParentRoute: () => workspace,
  path: '/export',
  validateSearch: ({ archive }: Record<string, unknown>): { archive?: string } =>
    typeof archive === 'string' ? { archive } : {},
}).lazy(() => import('./routes/export').then((module) => module.route))

const routeTree = root.addChildren([
  components,
  entrance.addChildren([signIn, signUp]),
  provider,
  forgot,
  reset,
  verify,
  notMe,
  invite,
  unsubscribe,
  member.addChildren([
    home,
    toNotifications,
    welcome,
    settings.addChildren([
      settingsHome,
      profile,
      security,
      apiKeys,
      preferences,
      notificationSettings,
      ownWorkspaces,
      ownData,
      queues,
      installation,
    ]),
    workspace.addChildren([
      workspaceHome,
      thread,
      content,
      item,
      trash,
      search,
      mentions,
      notifications,
      members,
      workspaceSettings,
      webhooks,
      webhook,
      audit,
      exportPage,
    ]),
  ]),
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
