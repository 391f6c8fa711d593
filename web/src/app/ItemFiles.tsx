import { useState, type ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { toast } from '@/components/toasts'
import { ContentFilesContext, type ContentFiles } from '@/features/content/files'
import { ItemMedia } from '@/features/content/ItemMedia'
import { changeMedia, MOST_MEDIA, withFile } from '@/features/content/media'
import { fileWith } from '@/features/files/api'
import { FilePreview } from '@/features/files/FilePreview'
import { MediaPicker } from '@/features/files/MediaPicker'
import { UploadList } from '@/features/files/UploadList'
import { useUploads } from '@/features/files/use-uploads'

const contentFiles: ContentFiles = {
  query: fileWith,
  preview: (fileId) => <FilePreview fileId={fileId} />,
}

/** Screens of content know files by what is given to them here. */
export const WithFiles = ({ children }: { children: ReactNode }) => (
  <ContentFilesContext value={contentFiles}>{children}</ContentFilesContext>
)

/** The files of an item, new ones from this device or from those of the workspace. */
export function MediaOfItem({ item, mayWrite }: { item: ContentItem; mayWrite: boolean }) {
  const [isChoosing, setChoosing] = useState(false)
  const add = (fileId: string) => changeMedia(item, (media) => withFile(media, fileId))
  const uploads = useUploads({ workspaceId: item.workspaceId, onReady: ({ id }) => add(id) })
  const bring = (files: readonly File[]) => {
    const room = Math.max(0, MOST_MEDIA - item.media.length - uploads.list.length)
    if (files.length > room)
      toast({ tone: 'info', message: `At most ${MOST_MEDIA} files go with one item: not all of these fit.` })
    uploads.add(files.slice(0, room))
  }
  return (
    <>
      <ItemMedia
        item={item}
        mayWrite={mayWrite}
        uploads={<UploadList uploads={uploads} label="Uploads" />}
        onFiles={bring}
        onChoose={() => setChoosing(true)}
      />
      <MediaPicker
        workspaceId={item.workspaceId}
        takes="anything"
        open={isChoosing}
        onOpenChange={setChoosing}
        onPick={({ id }) => add(id)}
        onFiles={bring}
      />
    </>
  )
}
