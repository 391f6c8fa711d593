import { useNavigate } from '@tanstack/react-router'
import { TextSearch } from 'lucide-react'
import { useCommands, useCommandSource } from '@/lib/react/use-commands'

/** Searching by key, and from the command menu by what was typed there. Renders nothing. */
export function SearchCommands({ workspaceId }: { workspaceId: string }) {
  const navigate = useNavigate()
  const go = (q: string) =>
    void navigate({ to: '/w/$workspaceId/search', params: { workspaceId }, search: q === '' ? {} : { q } })

  useCommands([
    {
      id: 'search.open',
      title: 'Search messages and content',
      section: 'Go to',
      keys: ['Mod+Shift+F'],
      icon: TextSearch,
      run: () => go(''),
    },
  ])

  useCommandSource('search', (query) =>
    query.trim() === ''
      ? []
      : [
          {
            id: 'search.query',
            title: `Search for “${query.trim()}”`,
            section: 'Messages and content',
            // Whatever is typed, this answers it.
            keywords: query,
            icon: TextSearch,
            run: () => go(query.trim()),
          },
        ],
  )

  return null
}
