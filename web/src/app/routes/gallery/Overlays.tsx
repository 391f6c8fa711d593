import { Archive, Ellipsis, Link2, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { Dialog } from '@/components/Dialog'
import { IconButton } from '@/components/IconButton'
import { Menu, MenuItem, MenuSeparator, SubMenu } from '@/components/Menu'
import { Popover } from '@/components/Popover'
import { Tabs } from '@/components/Tabs'
import { TextField } from '@/components/TextField'
import { toast } from '@/components/toasts'
import { Unreachable } from '@/lib/problem'
import { Chapter, Specimen } from './Specimen'

export function Overlays() {
  const [open, setOpen] = useState<'dialog' | 'confirm' | 'danger'>()
  const close = () => setOpen(undefined)
  return (
    <Chapter title="Overlays">
      <Specimen name="Dialogs">
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setOpen('dialog')}>Dialog</Button>
          <Button onClick={() => setOpen('confirm')}>Question</Button>
          <Button variant="danger" onClick={() => setOpen('danger')}>
            Dangerous question
          </Button>
        </div>
        <Dialog
          open={open === 'dialog'}
          onOpenChange={close}
          title="New thread"
          description="Everybody in the workspace can read it and take part."
        >
          <TextField label="Topic" />
          <Button variant="primary" onClick={close}>
            Create thread
          </Button>
        </Dialog>
        <ConfirmDialog
          open={open === 'confirm'}
          onOpenChange={close}
          title="Archive this thread?"
          confirm="Archive thread"
          onConfirm={close}
        >
          It moves to the archive. Everybody can still read it, and you can bring it back.
        </ConfirmDialog>
        <ConfirmDialog
          open={open === 'danger'}
          onOpenChange={close}
          title="Delete Analytical Engines?"
          confirm="Delete workspace"
          dangerous
          typed="Analytical Engines"
          onConfirm={() => Promise.reject(new Unreachable())}
        >
          Its threads, documents and files go with it after 30 days. Until then you can restore it.
        </ConfirmDialog>
      </Specimen>
      <Specimen name="Menu and popover">
        <div className="flex flex-wrap gap-2">
          <Menu trigger={<IconButton icon={Ellipsis} label="More" />}>
            <MenuItem icon={Pencil} keys="E">
              Rename
            </MenuItem>
            <MenuItem icon={Link2}>Copy link</MenuItem>
            <SubMenu icon={Archive} label="Move to">
              <MenuItem>Archive</MenuItem>
              <MenuItem>Another workspace</MenuItem>
            </SubMenu>
            <MenuItem disabled>Merge</MenuItem>
            <MenuSeparator />
            <MenuItem icon={Trash2} dangerous>
              Delete
            </MenuItem>
          </Menu>
          <Popover label="Filter" trigger={<Button>Filter</Button>}>
            <TextField label="Author" />
          </Popover>
        </div>
      </Specimen>
      <Specimen name="Toasts">
        <div className="flex flex-wrap gap-2">
          <Button
            onClick={() =>
              toast({
                message: 'Thread archived',
                tone: 'success',
                action: { label: 'Undo', run: () => toast({ message: 'Thread brought back' }) },
              })
            }
          >
            With undo
          </Button>
          <Button
            onClick={() => toast({ message: 'The message could not be edited: somebody deleted it.', tone: 'danger' })}
          >
            Failure
          </Button>
        </div>
      </Specimen>
      <Specimen name="Tabs">
        <Tabs
          label="Threads"
          tabs={[
            { value: 'active', label: 'Active', count: 12, content: <p className="text-sm">Twelve threads.</p> },
            { value: 'archived', label: 'Archived', content: <p className="text-sm">Nothing archived yet.</p> },
          ]}
        />
      </Specimen>
    </Chapter>
  )
}
