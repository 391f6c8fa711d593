import { Download, Ellipsis, FileArchive, Link2, Trash2 } from 'lucide-react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { Menu, MenuItem, MenuSeparator } from '@/components/Menu'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { contentAddress } from '@/lib/content-links'
import { saveFile } from '@/lib/save-file'
import { exportItem, restoreItem, trashItem } from './api'
import { fileName } from './markdown-files'

interface ItemMenuProps {
  item: ContentItem
  mayWrite: boolean
  isLocal: boolean
  onDeleted: () => void
}

/** What can be done with an item. */
export function ItemMenu({ item, mayWrite, isLocal, onDeleted }: ItemMenuProps) {
  const copyLink = () =>
    void navigator.clipboard
      .writeText(contentAddress({ workspaceId: item.workspaceId, itemId: item.id }))
      .then(() => toast({ tone: 'success', message: 'The link is copied.' }))
      .catch(() => toast({ tone: 'danger', message: 'This browser does not let it be copied.' }))

  const download = async (media = false) => {
    try {
      const file = await exportItem(item.id, media)
      saveFile(fileName(item.title, file.type), file)
    } catch (failure) {
      toast({ tone: 'danger', message: `It could not be exported. ${describe(failure)}` })
    }
  }

  const remove = () => {
    trashItem(item)
    onDeleted()
    toast({
      message: `“${item.title}” is in the trash.`,
      // Before the server has done it there is nothing to bring back: the wish itself may still be on its way.
      action: { label: 'Undo', run: () => void bringBack(item) },
    })
  }

  if (isLocal) return null
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="quiet" size="icon" aria-label="Content actions">
          <Ellipsis aria-hidden className="size-4" />
        </Button>
      }
    >
      {'clipboard' in navigator && (
        <MenuItem icon={Link2} onSelect={copyLink}>
          Copy link
        </MenuItem>
      )}
      <MenuItem icon={Download} onSelect={() => void download()}>
        Export as Markdown
      </MenuItem>
      <MenuItem icon={FileArchive} onSelect={() => void download(true)}>
        Export with media
      </MenuItem>
      {mayWrite && (
        <>
          <MenuSeparator />
          <MenuItem icon={Trash2} dangerous onSelect={remove}>
            Move to trash
          </MenuItem>
        </>
      )}
    </Menu>
  )
}

async function bringBack(item: ContentItem): Promise<void> {
  try {
    await restoreItem(item.id)
  } catch (failure) {
    toast({ tone: 'danger', message: `“${item.title}” could not be restored. ${describe(failure)}` })
  }
}
