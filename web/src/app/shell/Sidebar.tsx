import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AtSign, Newspaper, Plus, Search, TextSearch, Users, type LucideIcon } from 'lucide-react'
import type { Workspace } from '@/api/types'
import { cx } from '@/components/cx'
import { IconButton } from '@/components/IconButton'
import { Kbd } from '@/components/Kbd'
import { RegionBoundary } from '@/components/RegionBoundary'
import { me } from '@/features/accounts/api'
import { ThreadList } from '@/features/threads/ThreadList'
import { mayInvite } from '@/features/workspaces/roles'
import { WorkspaceMenu } from '@/features/workspaces/WorkspaceMenu'
import { commands } from '@/lib/commands'
import { ConnectionStatus } from '@/app/ConnectionStatus'

interface SidebarProps {
  current: Workspace
  workspaces: readonly Workspace[]
  onCreateWorkspace: () => void
  /** Absent for those who may only read. */
  onCreateThread?: (() => void) | undefined
  /** On a phone the list is a screen of its own. */
  isScreen: boolean
}

/** What is in the workspace. On a phone it is the workspace's first screen. */
export function Sidebar({ current, workspaces, onCreateWorkspace, onCreateThread, isScreen }: SidebarProps) {
  const { data: user } = useSuspenseQuery(me)
  return (
    <section
      aria-label="Threads"
      className={cx(
        'flex w-64 shrink-0 flex-col border-r border-line bg-ground max-md:w-full max-md:border-0',
        !isScreen && 'max-md:hidden',
      )}
    >
      <header className="flex h-bar shrink-0 items-center justify-between gap-2 px-2 max-md:border-b max-md:border-line">
        <WorkspaceMenu workspaces={workspaces} current={current} onCreate={onCreateWorkspace} />
        <span className="md:hidden">
          <ConnectionStatus />
        </span>
      </header>
      <div className="px-2 pb-2 max-md:hidden">
        <button
          type="button"
          onClick={() => commands.run('menu.open')}
          className="flex min-h-control-small w-full items-center gap-2 rounded-lg border border-line bg-surface px-2.5 text-left text-sm text-ink-soft hover:text-ink"
        >
          <Search aria-hidden className="size-4 shrink-0" />
          <span className="flex-1">Find anything</span>
          <Kbd keys="Mod+K" />
        </button>
      </div>
      <nav aria-label="Places" className="flex flex-col px-2 max-md:flex-row max-md:pt-2">
        {/* On a phone it is a tab, as the people are. */}
        <span className="contents max-md:hidden">
          <Place to="/w/$workspaceId/content" workspaceId={current.id} icon={Newspaper} label="Content" />
        </span>
        <Place to="/w/$workspaceId/mentions" workspaceId={current.id} icon={AtSign} label="Mentions" />
        <Place to="/w/$workspaceId/search" workspaceId={current.id} icon={TextSearch} label="Search" />
        <span className="contents max-md:hidden">
          <Place to="/w/$workspaceId/members" workspaceId={current.id} icon={Users} label="People" />
        </span>
      </nav>
      <div data-scroll-restoration-id="sidebar" className="min-h-0 flex-1 overflow-y-auto px-2 pt-2 pb-4">
        <div className="flex h-9 items-center justify-between py-1 pr-0.5 pl-2.5">
          {/* On a phone the list is the screen, beside a centre it is a part. */}
          <h1 data-screen-title tabIndex={-1} className="text-xs font-medium text-ink-soft outline-none md:hidden">
            Threads
          </h1>
          <h2 className="text-xs font-medium text-ink-soft max-md:hidden">Threads</h2>
          {onCreateThread && (
            <IconButton icon={Plus} label="New thread" keys="C" size="small" side="left" onClick={onCreateThread} />
          )}
        </div>
        <RegionBoundary name="The list of threads" resetOn={current.id}>
          <ThreadList
            workspaceId={current.id}
            me={user.id}
            mayModerate={mayInvite(current.role)}
            onCreate={onCreateThread}
          />
        </RegionBoundary>
      </div>
    </section>
  )
}

interface PlaceProps {
  to: '/w/$workspaceId/content' | '/w/$workspaceId/mentions' | '/w/$workspaceId/search' | '/w/$workspaceId/members'
  workspaceId: string
  icon: LucideIcon
  label: string
}

const Place = ({ to, workspaceId, icon: Icon, label }: PlaceProps) => (
  <Link
    to={to}
    params={{ workspaceId }}
    activeOptions={{ includeSearch: false }}
    className="flex min-h-row items-center gap-2 rounded-lg px-2.5 text-sm"
    activeProps={{ className: 'bg-selected font-medium text-ink-selected' }}
    inactiveProps={{ className: 'text-ink-soft hover:bg-hover hover:text-ink' }}
  >
    <Icon aria-hidden className="size-4" />
    {label}
  </Link>
)
