import { Copy, EllipsisVertical, Link2, MailOpen, Pencil, Reply, Trash2 } from 'lucide-react'
import type { Message } from '@/api/types'
import { IconButton } from '@/components/IconButton'
import { Menu, MenuItem, MenuSeparator } from '@/components/Menu'
import { Button } from '@/components/Button'
import { ReactionPicker } from './ReactionPicker'

export type MessageAction = 'reply' | 'edit' | 'delete' | 'copy-link' | 'copy-text' | 'mark-unread'

interface MessageActionsProps {
  message: Message
  mayWrite: boolean
  mayEdit: boolean
  mayDelete: boolean
  onAction: (action: MessageAction, message: Message) => void
  onReact: (message: Message, emoji: string) => void
  onMenu: (open: boolean) => void
}

/** What can be done with a message, at its upper edge while one is at it. */
export function MessageActions({
  message,
  mayWrite,
  mayEdit,
  mayDelete,
  onAction,
  onReact,
  onMenu,
}: MessageActionsProps) {
  const act = (action: MessageAction) => () => onAction(action, message)
  return (
    <div className="absolute -top-3 right-3 z-10 flex rounded-lg border border-line bg-raised shadow-near">
      {mayWrite && <ReactionPicker label="React" onOpen={onMenu} onPick={(emoji) => onReact(message, emoji)} />}
      {mayWrite && <IconButton icon={Reply} label="Reply" keys="R" size="small" onClick={act('reply')} />}
      {mayEdit && <IconButton icon={Pencil} label="Edit" keys="E" size="small" onClick={act('edit')} />}
      <Menu
        align="end"
        onOpenChange={onMenu}
        trigger={
          <Button variant="quiet" size="icon-small" aria-label="More actions">
            <EllipsisVertical aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem icon={Link2} onSelect={act('copy-link')}>
          Copy link
        </MenuItem>
        <MenuItem icon={Copy} onSelect={act('copy-text')}>
          Copy text
        </MenuItem>
        <MenuItem icon={MailOpen} keys="Shift+U" onSelect={act('mark-unread')}>
          Mark unread from here
        </MenuItem>
        {mayDelete && (
          <>
            <MenuSeparator />
            <MenuItem icon={Trash2} dangerous onSelect={act('delete')}>
              Delete message
            </MenuItem>
          </>
        )}
      </Menu>
    </div>
  )
}
