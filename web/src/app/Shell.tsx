import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useMatch, useNavigate } from '@tanstack/react-router'
import { CircleUser, MessagesSquare, Plus, Users, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { Workspace } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { Dialog } from '@/components/Dialog'
import { AccountMenu } from '@/features/accounts/AccountMenu'
import { me } from '@/features/accounts/api'
import { NewThreadDialog } from '@/features/threads/NewThreadDialog'
import { ThreadList } from '@/features/threads/ThreadList'
import { CreateWorkspaceForm } from '@/features/workspaces/CreateWorkspaceForm'
import { mayWrite } from '@/features/workspaces/roles'
import { WorkspaceMenu } from '@/features/workspaces/WorkspaceMenu'
import { WorkspaceRail } from '@/features/workspaces/WorkspaceRail'
import { ConnectionStatus } from './ConnectionStatus'

interface ShellProps {
  current: Workspace
  workspaces: readonly Workspace[]
}

/**
 * Rail of workspaces, sidebar with threads, centre. On a phone one of sidebar and centre is on screen at a time:
 * the list is the workspace's home, everything else has a way back to it, and tabs are at the bottom.
 */
export function Shell({ current, workspaces }: ShellProps) {
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const isHome = useMatch({ from: '/member/w/$workspaceId/', shouldThrow: false }) !== undefined
  const isThread = useMatch({ from: '/member/w/$workspaceId/t/$threadId', shouldThrow: false }) !== undefined
  const [dialog, setDialog] = useState<'workspace' | 'thread'>()
  const closeDialog = () => setDialog(undefined)
  const createThread = mayWrite(current.role) ? () => setDialog('thread') : undefined

  return (
    <div className="flex h-full flex-col">
      <a
        href="#centre"
        className="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:m-2 focus:rounded-lg focus:bg-raised focus:p-3"
      >
        Skip to content
      </a>
      <main className="flex min-h-0 flex-1">
        <nav
          aria-label="Workspaces"
          className="flex w-16 shrink-0 flex-col items-center justify-between border-r border-line bg-sunken py-3 max-md:hidden"
        >
          <WorkspaceRail workspaces={workspaces} onCreate={() => setDialog('workspace')} />
          <AccountMenu
            side="right"
            align="end"
            trigger={
              <button type="button" title={user.name} className="rounded-full">
                <Avatar id={user.id} name={user.name} />
                <span className="sr-only">Account of {user.name}</span>
              </button>
            }
          />
        </nav>

        <section
          aria-label="Threads"
          className={cx(
            'flex w-64 shrink-0 flex-col border-r border-line bg-ground max-md:w-full max-md:border-0',
            !isHome && 'max-md:hidden',
          )}
        >
          <header className="flex h-14 shrink-0 items-center justify-between gap-2 px-2 max-md:border-b max-md:border-line">
            <WorkspaceMenu workspaces={workspaces} current={current} onCreate={() => setDialog('workspace')} />
            <span className="md:hidden">
              <ConnectionStatus />
            </span>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
            <div className="flex h-9 items-center justify-between py-1 pr-0.5 pl-2.5 max-md:mt-2">
              {/* On a phone the list is the screen, beside a centre it is a part. */}
              <h1 className="text-xs font-medium text-ink-soft md:hidden">Threads</h1>
              <h2 className="text-xs font-medium text-ink-soft max-md:hidden">Threads</h2>
              {createThread && (
                <Button
                  variant="quiet"
                  size="icon"
                  aria-label="New thread"
                  title="New thread"
                  onClick={createThread}
                  className="size-8"
                >
                  <Plus aria-hidden className="size-4" />
                </Button>
              )}
            </div>
            <ThreadList workspaceId={current.id} onCreate={createThread} />
          </div>
          <Link
            to="/w/$workspaceId/members"
            params={{ workspaceId: current.id }}
            className="m-2 flex min-h-9 items-center gap-2 rounded-lg px-2.5 text-sm max-md:hidden"
            activeProps={{ className: 'bg-selected font-medium text-ink-selected' }}
            inactiveProps={{ className: 'text-ink-soft hover:bg-hover hover:text-ink' }}
          >
            <Users aria-hidden className="size-4" />
            People
          </Link>
        </section>

        <section
          id="centre"
          tabIndex={-1}
          className={cx('flex min-w-0 flex-1 flex-col bg-surface outline-none', isHome && 'max-md:hidden')}
        >
          <Outlet />
        </section>
      </main>

      {/* A thread needs the height for itself; its header has the way back. */}
      {!isThread && <PhoneTabs workspaceId={current.id} />}

      <Dialog open={dialog === 'workspace'} onOpenChange={closeDialog} title="New workspace">
        <CreateWorkspaceForm
          onCreated={({ id }) => {
            closeDialog()
            void navigate({ to: '/w/$workspaceId', params: { workspaceId: id } })
          }}
        />
      </Dialog>
      <NewThreadDialog
        workspaceId={current.id}
        open={dialog === 'thread'}
        onOpenChange={closeDialog}
        onCreated={({ id }) => {
          closeDialog()
          void navigate({ to: '/w/$workspaceId/t/$threadId', params: { workspaceId: current.id, threadId: id } })
        }}
      />
    </div>
  )
}

const tabLook = 'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium'

function PhoneTabs({ workspaceId }: { workspaceId: string }) {
  return (
    <nav
      aria-label="Workspace"
      className="flex shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <Tab to="/w/$workspaceId" workspaceId={workspaceId} icon={MessagesSquare} label="Threads" />
      <Tab to="/w/$workspaceId/members" workspaceId={workspaceId} icon={Users} label="People" />
      <AccountMenu
        side="top"
        align="end"
        trigger={
          <button type="button" className={cx(tabLook, 'text-ink-soft')}>
            <CircleUser aria-hidden className="size-5" />
            Account
          </button>
        }
      />
    </nav>
  )
}

interface TabProps {
  to: '/w/$workspaceId' | '/w/$workspaceId/members'
  workspaceId: string
  icon: LucideIcon
  label: string
}

const Tab = ({ to, workspaceId, icon: Icon, label }: TabProps) => (
  <Link
    to={to}
    params={{ workspaceId }}
    activeOptions={{ exact: true }}
    className={tabLook}
    activeProps={{ className: 'text-accent-ink' }}
    inactiveProps={{ className: 'text-ink-soft' }}
  >
    <Icon aria-hidden className="size-5" />
    {label}
  </Link>
)
