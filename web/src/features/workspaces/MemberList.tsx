import { useQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { Avatar } from '@/components/Avatar'
import { Button } from '@/components/Button'
import { describe } from '@/components/problem-form'
import { Skeleton } from '@/components/Skeleton'
import { State } from '@/components/State'
import { membersOf } from './api'
import { nameOfRole } from './roles'

export function MemberList({ workspaceId }: { workspaceId: string }) {
  const { data: members, error, refetch } = useQuery(membersOf(workspaceId))

  if (members)
    return (
      <ul className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
        {members.map((member) => (
          <li key={member.userId} className="flex items-center gap-3 px-4 py-3">
            <Avatar id={member.userId} name={member.name} />
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm font-medium">{member.name}</p>
              <p className="truncate text-xs text-ink-soft">{member.email}</p>
            </div>
            <span className="rounded-full bg-hover px-2.5 py-1 text-xs text-ink-soft">{nameOfRole(member.role)}</span>
          </li>
        ))}
      </ul>
    )

  if (error)
    return (
      <State
        icon={Users}
        title="The members could not be loaded"
        action={<Button onClick={() => void refetch()}>Try again</Button>}
      >
        {describe(error)}
      </State>
    )

  return (
    <div role="status" aria-label="Loading members" className="flex flex-col gap-2">
      <Skeleton className="h-15" />
      <Skeleton className="h-15" />
      <Skeleton className="h-15" />
    </div>
  )
}
