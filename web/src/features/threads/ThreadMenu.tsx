import { useQueryClient } from '@tanstack/react-query'
import { Archive, ArchiveRestore, Ellipsis, Link2, MailOpen, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import type { Thread } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Dialog } from '@/components/Dialog'
import { field, Form, useSchemaForm } from '@/components/Form'
import { Menu, MenuItem, MenuSeparator } from '@/components/Menu'
import { TextField } from '@/components/TextField'
import { titleSchema } from './schemas'
import { archive, moveMarker, remove, rename } from './thread-actions'
import { hasUnread } from './thread-list'

interface ThreadMenuProps {
  thread: Thread
  mayWrite: boolean
  mayDelete: boolean
  /** In a list: small, and there when it is pointed at. */
  inList?: boolean
  onDeleted?: () => void
}

/** What can be done with a thread. */
export function ThreadMenu({ thread, mayWrite, mayDelete, inList = false, onDeleted }: ThreadMenuProps) {
  const cache = useQueryClient()
  const [dialog, setDialog] = useState<'rename' | 'delete'>()
  const close = () => setDialog(undefined)

  const copyLink = () =>
    void navigator.clipboard
      .writeText(`${location.origin}/w/${thread.workspaceId}/t/${thread.id}`)
      .catch(() => undefined)

  return (
    <>
      <Menu
        align={inList ? 'start' : 'end'}
        trigger={
          <Button
            variant="quiet"
            size={inList ? 'icon-small' : 'icon'}
            aria-label={inList ? `Actions for ${thread.title}` : 'Thread actions'}
          >
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        {hasUnread(thread) && (
          <MenuItem icon={MailOpen} onSelect={() => moveMarker(thread.id, thread.head)}>
            Mark as read
          </MenuItem>
        )}
        {'clipboard' in navigator && (
          <MenuItem icon={Link2} onSelect={copyLink}>
            Copy link
          </MenuItem>
        )}
        {mayWrite && (
          <>
            <MenuItem icon={Pencil} onSelect={() => setDialog('rename')}>
              Rename…
            </MenuItem>
            <MenuItem icon={thread.archived ? ArchiveRestore : Archive} onSelect={() => archive(thread)}>
              {thread.archived ? 'Bring back' : 'Archive'}
            </MenuItem>
          </>
        )}
        {mayDelete && (
          <>
            <MenuSeparator />
            <MenuItem icon={Trash2} dangerous onSelect={() => setDialog('delete')}>
              Delete…
            </MenuItem>
          </>
        )}
      </Menu>
      <Dialog open={dialog === 'rename'} onOpenChange={close} title="Rename thread">
        <RenameForm thread={thread} onDone={close} />
      </Dialog>
      <ConfirmDialog
        open={dialog === 'delete'}
        onOpenChange={close}
        title={`Delete “${thread.title}”?`}
        confirm="Delete thread"
        dangerous
        onConfirm={async () => {
          await remove(cache, thread)
          onDeleted?.()
        }}
      >
        Its messages go with it, for everybody, for good. To keep them out of the way, archive it instead.
      </ConfirmDialog>
    </>
  )
}

const schema = z.object({ title: titleSchema })

function RenameForm({ thread, onDone }: { thread: Thread; onDone: () => void }) {
  const form = useSchemaForm(schema, { title: thread.title })
  return (
    <Form
      form={form}
      submit="Rename"
      onSubmit={({ title }) => {
        // Shown at once; what the server refuses comes back with a notice.
        onDone()
        if (title !== thread.title) rename(thread, title)
        return Promise.resolve()
      }}
    >
      <TextField label="Topic" autoComplete="off" {...field(form, 'title')} />
    </Form>
  )
}
