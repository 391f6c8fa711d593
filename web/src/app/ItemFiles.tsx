import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import type { ContentItem } from '@/api/types'
import { toast } from '@/components/toasts'
import type { ImageActions, PictureAddress } from '@/features/content/editor'
import { ContentFilesContext, type ContentFiles } from '@/features/content/files'
import { ItemMedia } from '@/features/content/ItemMedia'
import { nameWithoutEnding } from '@/features/content/markdown-files'
import { changeMedia, MOST_MEDIA, withFile } from '@/features/content/media'
import { fileWith } from '@/features/files/api'
import { FilePreview } from '@/features/files/FilePreview'
import { isPicture } from '@/features/files/kinds'
import { MediaPicker } from '@/features/files/MediaPicker'
import { addressOfPicture, fileIn, sourceOf } from '@/features/files/pictures'
import { UploadList } from '@/features/files/UploadList'
import { remember, upload } from '@/features/files/uploads'
import { useUploads } from '@/features/files/use-uploads'
import { newId } from '@/lib/ids'
import { Problem } from '@/lib/problem'

/** Screens of content know files by what is given to them here. */
export function WithFiles({ children }: { children: ReactNode }) {
  const cache = useQueryClient()
  const files = useMemo(
    (): ContentFiles => ({
      query: fileWith,
      preview: (fileId) => <FilePreview fileId={fileId} />,
      addressOf: (source) => addressOf(cache, source),
    }),
    [cache],
  )
  return <ContentFilesContext value={files}>{children}</ContentFilesContext>
}

function addressOf(cache: QueryClient, source: string): PictureAddress | undefined {
  const fileId = fileIn(source)
  return fileId === undefined ? undefined : (isAgain) => addressOfPicture(cache, fileId, isAgain)
}

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

type OnDone = Parameters<ImageActions['choose']>[0]

/** The pictures in a text: what is brought into it, or chosen by the picker from those of the workspace. */
export function useTextPictures(workspaceId: string) {
  const cache = useQueryClient()
  const [isChoosing, setChoosing] = useState(false)
  /** Who asked, and what was chosen: it is put in when the picker has given the focus back. */
  const asked = useRef<OnDone>(undefined)
  const chosen = useRef<Parameters<OnDone>[0]>(undefined)
  const images: ImageActions = {
    addressOf: (source) => addressOf(cache, source),
    choose: (onDone) => {
      asked.current = onDone
      chosen.current = undefined
      setChoosing(true)
    },
    upload: async (picture, signal, onNews) => {
      if (!isPicture(picture))
        throw new Problem('unsupported_type', 'A text shows pictures in PNG, JPEG, GIF, WebP and AVIF.')
      const file = await upload(picture, {
        workspaceId,
        id: newId(),
        signal,
        onNews: ({ sent, isWaiting }) =>
          onNews({ percent: Math.floor((sent * 100) / Math.max(1, picture.size)), isWaiting }),
      })
      remember(cache, file)
      return { source: sourceOf(file.id), alt: nameWithoutEnding(file.name) }
    },
  }
  const picker = (
    <MediaPicker
      workspaceId={workspaceId}
      takes="pictures"
      open={isChoosing}
      onOpenChange={setChoosing}
      onPick={({ id, name }) => {
        chosen.current = { source: sourceOf(id), alt: nameWithoutEnding(name) }
      }}
      onFiles={(files) => {
        chosen.current = files
      }}
      onClosed={() => asked.current?.(chosen.current)}
    />
  )
  return { images, picker }
}
