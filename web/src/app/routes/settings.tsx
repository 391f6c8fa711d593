import { useSuspenseQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, Outlet, useLocation } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useRef } from 'react'
import { me } from '@/features/accounts/api'
import { SignOutButton } from '@/features/accounts/SignOutButton'
import { useCurrentInView } from '@/lib/react/use-current-in-view'
import { settingsPages } from '@/app/settings-pages'

/** What belongs to the person and not to a workspace. On a phone the pages are a row above. */
function Settings() {
  const nav = useRef<HTMLElement>(null)
  const { data: user } = useSuspenseQuery(me)
  const { pathname } = useLocation()
  useCurrentInView(nav, pathname)

  return (
    <main className="flex h-full min-h-0 max-md:flex-col">
      <nav
        ref={nav}
        aria-label="Settings"
        className="flex shrink-0 gap-1 border-line bg-ground p-2 max-md:overflow-x-auto max-md:border-b md:w-56 md:flex-col md:border-r"
      >
        <Link
          to="/"
          className="flex min-h-control shrink-0 items-center gap-2 rounded-lg px-2.5 text-sm text-ink-soft hover:bg-hover hover:text-ink md:mb-2"
        >
          <ArrowLeft aria-hidden className="size-4" />
          <span className="max-md:sr-only">Back to the workspace</span>
        </Link>
        {settingsPages(user).map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className="flex min-h-control shrink-0 items-center gap-2 rounded-lg px-2.5 text-sm whitespace-nowrap"
            activeProps={{ className: 'bg-selected font-medium text-ink-selected' }}
            inactiveProps={{ className: 'text-ink-soft hover:bg-hover hover:text-ink' }}
          >
            <Icon aria-hidden className="size-4" />
            {label}
          </Link>
        ))}
        <SignOutButton className="md:mt-auto md:justify-start! md:px-2.5!" />
      </nav>
      <section className="flex min-h-0 min-w-0 flex-1 flex-col bg-ground">
        <Outlet />
      </section>
    </main>
  )
}

export const route = createLazyRoute('/member/settings')({ component: Settings })
