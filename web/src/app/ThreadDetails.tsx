import { useQuery } from '@tanstack/react-query'
import { Avatar } from '@/components/Avatar'
import { DescriptionList } from '@/components/DescriptionList'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { threadWith } from '@/features/threads/api'
import { useWantedThread } from '@/features/threads/use-wanted'
import { membersOf } from '@/features/workspaces/api'
import { lastSeenIn, presenceText } from '@/features/workspaces/presence'
import { nameOfRole } from '@/features/workspaces/roles'
import { workspaceChannel } from '@/lib/channels'
import { dateOf } from '@/lib/dates'
import { preferences } from '@/lib/preferences'
import { useNow } from '@/lib/react/use-now'
import { usePresence } from '@/lib/react/use-presence'
import { useStore } from '@/lib/react/use-store'

/** What there is to know about a thread besides what is said in it: since when, and who reads it. */
export function ThreadDetails({ workspaceId, threadId }: { workspaceId: string; threadId: string }) {
  // The date follows the reader's language and zone as soon as they are chosen.
  useStore(preferences)
  const thread = useQuery(threadWith(threadId))
  const wanted = useWantedThread(thread.data)
  const members = useQuery(membersOf(workspaceId))
  const here = usePresence(workspaceChannel(workspaceId))
  const lastSeen = useQuery(lastSeenIn(workspaceId))
  const now = useNow(60_000)

  const failure = thread.error ?? members.error
  if (failure)
    return (
      <ErrorState
        error={failure}
        onRetry={() => {
          void thread.refetch()
          void members.refetch()
        }}
      />
    )
  if (!wanted || !members.data) return <LoadingState label="Loading details" pictures />

  const { participants } = wanted
  const readers = members.data.filter(({ userId }) => participants === null || participants.includes(userId))

  return (
    <div className="flex flex-col gap-6 p-4">
      <DescriptionList
        items={[
          { term: 'Topic', description: wanted.title },
          { term: 'Started', description: dateOf(wanted.createdAt) },
        ]}
      />
      <section aria-labelledby="readers" className="flex flex-col gap-2">
        <h3 id="readers" className="text-xs font-medium text-ink-soft">
          {participants === null ? 'People in this workspace' : 'Private to'}
        </h3>
        <ul className="flex flex-col gap-1">
          {readers.map((member) => (
            <li key={member.userId} className="flex min-h-row items-center gap-2.5 text-sm">
              <Avatar id={member.userId} name={member.name} size="small" present={here.has(member.userId)} />
              <span className="flex min-w-0 flex-1 flex-col">
                <span className="truncate">{member.name}</span>
                <span className="truncate text-2xs text-ink-soft">
                  {presenceText(here.has(member.userId), lastSeen.data?.get(member.userId), now)}
                </span>
              </span>
              <span className="text-xs text-ink-soft">{nameOfRole(member.role)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
