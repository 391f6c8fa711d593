import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { SearchField } from '@/features/search/SearchField'
import { SearchResults } from '@/features/search/SearchResults'
import { membersOf } from '@/features/workspaces/api'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'

const FROM = '/member/w/$workspaceId/search'

function Search() {
  const { workspaceId } = useParams({ from: FROM })
  const { q = '' } = useSearch({ from: FROM })
  const navigate = useNavigate()
  const { data: members } = useQuery(membersOf(workspaceId))

  return (
    <SettingsPage title="Search" back={<BackToThreads workspaceId={workspaceId} />}>
      <SearchField
        key={q}
        q={q}
        onSearch={(next) =>
          void navigate({ to: '/w/$workspaceId/search', params: { workspaceId }, search: { q: next } })
        }
      />
      <SearchResults
        workspaceId={workspaceId}
        q={q}
        nameOf={(id) => members?.find(({ userId }) => userId === id)?.name ?? (members ? 'Former member' : '…')}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute(FROM)({ component: Search })
