import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Outlet, useMatch, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Workspace } from '@/api/types'
import { cx } from '@/components/cx'
import { Dialog } from '@/components/Dialog'
import { RegionBoundary } from '@/components/RegionBoundary'
import { SidePanelFrame } from '@/components/SidePanel'
import { me } from '@/features/accounts/api'
import { ContentCommands } from '@/features/content/ContentCommands'
import { ImportDialog } from '@/features/content/ImportDialog'
import { NewItemDialog } from '@/features/content/NewItemDialog'
import { NotificationCommands } from '@/features/notifications/NotificationCommands'
import { SearchCommands } from '@/features/search/SearchCommands'
import { NewThreadDialog } from '@/features/threads/NewThreadDialog'
import { ThreadCommands } from '@/features/threads/ThreadCommands'
import { CreateWorkspaceForm } from '@/features/workspaces/CreateWorkspaceForm'
import { membersOf } from '@/features/workspaces/api'
import { mayWrite } from '@/features/workspaces/roles'
import { WorkspaceCommands } from '@/features/workspaces/WorkspaceCommands'
import { PhoneTabs } from './shell/PhoneTabs'
import { Rail } from './shell/Rail'
import { Sidebar } from './shell/Sidebar'

interface ShellProps {
  current: Workspace
  workspaces: readonly Workspace[]
}

/**
 * Rail of workspaces, sidebar with threads, centre, and a panel beside it. On a phone one of sidebar and centre is
 * on screen at a time: the list is the workspace's home, everything else has a way back to it, and tabs are at the
 * bottom. Each region fails for itself alone.
 */
export function Shell({ current, workspaces }: ShellProps) {
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const { data: members } = useQuery(membersOf(current.id))
  const others = members?.filter(({ userId }) => userId !== user.id).map(({ userId, name }) => ({ id: userId, name }))
  const isHome = useMatch({ from: '/member/w/$workspaceId/', shouldThrow: false }) !== undefined
  const isThread = useMatch({ from: '/member/w/$workspaceId/t/$threadId', shouldThrow: false }) !== undefined
  const isItem = useMatch({ from: '/member/w/$workspaceId/c/$itemId', shouldThrow: false }) !== undefined
  const [dialog, setDialog] = useState<'workspace' | 'thread'>()
  const closeDialog = () => setDialog(undefined)
  const createWorkspace = () => setDialog('workspace')
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
        <RegionBoundary name="The list of workspaces" resetOn={current.id}>
          <Rail workspaceId={current.id} workspaces={workspaces} onCreate={createWorkspace} />
        </RegionBoundary>
        <RegionBoundary name="The sidebar" resetOn={current.id}>
          <Sidebar
            current={current}
            workspaces={workspaces}
            onCreateWorkspace={createWorkspace}
            onCreateThread={createThread}
            isScreen={isHome}
          />
        </RegionBoundary>
        <section
          id="centre"
          tabIndex={-1}
          aria-label="Content"
          className={cx('flex min-w-0 flex-1 bg-surface outline-none', isHome && 'max-md:hidden')}
        >
          <SidePanelFrame>
            <Outlet />
          </SidePanelFrame>
        </section>
      </main>

      {/* What one writes in needs the height for itself; its header has the way back. */}
      {!isThread && !isItem && (
        <RegionBoundary name="The bar of tabs" resetOn={current.id}>
          <PhoneTabs workspaceId={current.id} />
        </RegionBoundary>
      )}

      <RegionBoundary name="The list of commands" resetOn={current.id}>
        <WorkspaceCommands current={current} workspaces={workspaces} onCreate={createWorkspace} />
        <NotificationCommands workspaceId={current.id} />
        <ThreadCommands workspaceId={current.id} onCreate={createThread} />
        <ContentCommands workspaceId={current.id} mayWrite={mayWrite(current.role)} />
        <SearchCommands workspaceId={current.id} />
      </RegionBoundary>

      <Dialog open={dialog === 'workspace'} onOpenChange={closeDialog} title="New workspace">
        <CreateWorkspaceForm
          onCreated={({ id }) => {
            closeDialog()
            void navigate({ to: '/w/$workspaceId', params: { workspaceId: id } })
          }}
        />
      </Dialog>
      <NewItemDialog
        workspaceId={current.id}
        onCreated={(itemId) =>
          void navigate({ to: '/w/$workspaceId/c/$itemId', params: { workspaceId: current.id, itemId } })
        }
      />
      <ImportDialog workspaceId={current.id} />
      <NewThreadDialog
        workspaceId={current.id}
        people={others}
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
