import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Tabs } from '@/components/Tabs'
import { KindIcon } from '@/features/content/KindIcon'
import type { HitType } from '@/features/search/api'
import { SearchField } from '@/features/search/SearchField'
import { SearchResults } from '@/features/search/SearchResults'
import { membersOf } from '@/features/workspaces/api'
import { BackToThreads } from '@/app/BackToThreads'
import { SettingsPage } from '@/app/SettingsPage'

const FROM = '/member/w/$workspaceId/search'

const types: readonly { value: string; label: string; type?: HitType }[] = [
  { value: 'all', label: 'Everything' },
  { value: 'message', label: 'Messages', type: 'message' },
  { value: 'content', label: 'Content', type: 'content' },
]

function Search() {
  const { workspaceId } = useParams({ from: FROM })
  const { q = '', type } = useSearch({ from: FROM })
  const navigate = useNavigate()
  const { data: members } = useQuery(membersOf(workspaceId))
  const show = (wanted: { q: string; type: HitType | undefined }) =>
    void navigate({
      to: '/w/$workspaceId/search',
      params: { workspaceId },
      search: { ...(wanted.q !== '' && { q: wanted.q }), ...(wanted.type && { type: wanted.type }) },
    })

  return (
    <SettingsPage title="Search" back={<BackToThreads workspaceId={workspaceId} />}>
      <SearchField key={q} q={q} onSearch={(next) => show({ q: next, type })} />
      <Tabs
        label="What to look for"
        value={type ?? 'all'}
        onChange={(value) => show({ q, type: types.find((one) => one.value === value)?.type })}
        tabs={types.map(({ value, label, type }) => ({
          value,
          label,
          content: (
            <SearchResults
              workspaceId={workspaceId}
              q={q}
              type={type}
              nameOf={(id) => members?.find(({ userId }) => userId === id)?.name ?? (members ? 'Former member' : '…')}
              kindIcon={(kind) => <KindIcon kind={kind} />}
            />
          ),
        }))}
      />
    </SettingsPage>
  )
}

export const route = createLazyRoute(FROM)({ component: Search })
