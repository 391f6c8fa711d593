import { useMutation } from '@tanstack/react-query'
import { Crown, EllipsisVertical, UserMinus } from 'lucide-react'
import { useState } from 'react'
import type { Member } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { Badge } from '@/components/Badge'
import { IconButton } from '@/components/IconButton'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '@/components/Menu'
import { describe } from '@/components/problem-form'
import { isOwner, mayManage, nameOfRole } from './roles'

interface MemberRowProps {
  member: Member
  role: string | null | undefined
  isMe: boolean
  isHere: boolean
  /** The same in words, or when it was last so. */
  presence: string | undefined
  onRole: (role: string) => Promise<unknown> | undefined
  onRemove: () => void
  onTransfer: () => void
}

export function MemberRow({ member, role, isMe, isHere, presence, onRole, onRemove, onTransfer }: MemberRowProps) {
  const change = useMutation({ mutationFn: async (next: string) => onRole(next) })
  const [isOpen, setOpen] = useState(false)
  const roles = isOwner(role) ? ['owner', 'admin', 'editor', 'viewer'] : ['admin', 'editor', 'viewer']

  return (
    <li className="flex items-center gap-3 py-3 first:pt-0 last:pb-0">
      <Avatar id={member.userId} name={member.name} present={isHere} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">
          {member.name}
          {isMe && <span className="font-normal text-ink-soft"> (you)</span>}
        </p>
        <p className="truncate text-xs text-ink-soft">
          {member.email}
          {presence !== undefined && ` · ${presence}`}
        </p>
        {change.isError && (
          <p role="alert" className="text-xs text-danger">
            {describe(change.error)}
          </p>
        )}
      </div>
      <Badge tone={isOwner(member.role) ? 'accent' : 'neutral'}>{nameOfRole(member.role)}</Badge>
      {mayManage(role, member.role) && !isMe ? (
        <Menu
          align="end"
          open={isOpen}
          onOpenChange={setOpen}
          trigger={<IconButton icon={EllipsisVertical} label={`What to do with ${member.name}`} />}
        >
          <MenuChoice
            label="Role"
            value={member.role}
            options={roles.map((value) => ({ value, label: nameOfRole(value) }))}
            onChange={(next) => {
              setOpen(false)
              if (next !== member.role) change.mutate(next)
            }}
          />
          <MenuSeparator />
          {isOwner(role) && (
            <MenuItem icon={Crown} onSelect={onTransfer}>
              Hand the workspace over…
            </MenuItem>
          )}
          <MenuItem icon={UserMinus} dangerous onSelect={onRemove}>
            Remove from the workspace…
          </MenuItem>
        </Menu>
      ) : (
        <span className="size-control shrink-0 max-sm:hidden" />
      )}
    </li>
  )
}
