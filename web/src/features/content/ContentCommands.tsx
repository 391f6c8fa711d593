import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CalendarDays, Columns3, FilePlus2, FileText, FileUp, Newspaper, Trash2 } from 'lucide-react'
import { credentials, outbox } from '@/lib/client'
import { useCommands, useCommandSource } from '@/lib/react/use-commands'
import { contentOf } from './api'
import type { ContentFilters } from './filters'
import { importing } from './importing'
import { beginning } from './new-item'
import { allWanted } from './wanted'

interface ContentCommandsProps {
  workspaceId: string
  mayWrite: boolean
}

const views: readonly { id: string; title: string; keywords: string; icon: unknown; search: ContentFilters }[] = [
  { id: 'content.list', title: 'Content', keywords: 'list posts articles videos items', icon: Newspaper, search: {} },
  { id: 'content.board', title: 'Content board', keywords: 'kanban status', icon: Columns3, search: { view: 'board' } },
  {
    id: 'content.calendar',
    title: 'Content calendar',
    keywords: 'plan month week agenda',
    icon: CalendarDays,
    search: { view: 'calendar' },
  },
]

/** The content of a workspace in the command menu and under the keys. Renders nothing. */
export function ContentCommands({ workspaceId, mayWrite }: ContentCommandsProps) {
  const cache = useQueryClient()
  const navigate = useNavigate()

  useCommands([
    ...(mayWrite
      ? [
          {
            id: 'content.new',
            title: 'New content',
            keywords: 'create post article video item',
            section: 'Content',
            keys: ['Shift+C'],
            icon: FilePlus2,
            run: () => beginning.set({}),
          },
          {
            id: 'content.import',
            title: 'Import Markdown',
            keywords: 'upload files content',
            section: 'Content',
            icon: FileUp,
            run: () => importing.set([]),
          },
        ]
      : []),
    ...views.map(({ id, title, keywords, icon, search }) => ({
      id,
      title,
      keywords,
      section: 'Go to',
      icon,
      run: () => void navigate({ to: '/w/$workspaceId/content', params: { workspaceId }, search }),
    })),
    {
      id: 'content.trash',
      title: 'Trash',
      keywords: 'deleted content restore',
      section: 'Go to',
      icon: Trash2,
      run: () => void navigate({ to: '/w/$workspaceId/trash', params: { workspaceId } }),
    },
  ])

  useCommandSource('content', (query) =>
    // Before a word is typed the threads are what one sees.
    query.trim() === ''
      ? []
      : allWanted(
          cache.getQueryData(contentOf(workspaceId).queryKey) ?? [],
          outbox.entries.get(),
          workspaceId,
          credentials.userId ?? '',
        ).map((item) => ({
          id: `content.${item.id}`,
          title: item.title,
          keywords: item.labels.join(' '),
          section: 'Content',
          icon: FileText,
          run: () => void navigate({ to: '/w/$workspaceId/c/$itemId', params: { workspaceId, itemId: item.id } }),
        })),
  )

  return null
}
