import { useQuery } from '@tanstack/react-query'
import type { Attachment } from '@/api/types'
import { Attachments } from '@/features/files/Attachments'
import { ChooseFiles } from '@/features/files/ChooseFiles'
import { UploadList } from '@/features/files/UploadList'
import { useUploads } from '@/features/files/use-uploads'
import { ContentChip } from '@/features/content/ContentChip'
import { LinkContent } from '@/features/content/LinkContent'
import { threadWith } from '@/features/threads/api'
import { ContentInMessages, type ShowContent } from '@/features/threads/link-chips'
import { ThreadView, type ThreadViewProps } from '@/features/threads/ThreadView'

const showAttachments = (attachments: readonly Attachment[]) => <Attachments attachments={attachments} />

const showContent: ShowContent = (link, ordinary) => <ContentChip link={link}>{ordinary}</ContentChip>

/** A thread and what goes with its messages: files, and content that they name. Give it the thread's id as its key: what is being uploaded belongs to one thread. */
export function ThreadWithFiles(props: Omit<ThreadViewProps, 'files' | 'inserts' | 'showAttachments'>) {
  const { workspaceId, threadId } = props
  const { data: thread } = useQuery(threadWith(threadId))
  // Of an open thread everybody has them; as long as it is not known to be one, only its readers.
  const isOpen = thread?.participants === null
  const uploads = useUploads({ workspaceId, threadId: isOpen ? undefined : threadId })
  const files = {
    ids: uploads.list.flatMap(({ file }) => (file ? [file.id] : [])),
    isBusy: uploads.list.some(({ file }) => !file),
    list: <UploadList uploads={uploads} />,
    button: <ChooseFiles onFiles={uploads.add} />,
    onFiles: uploads.add,
    onSent: uploads.clear,
  }
  return (
    <ContentInMessages value={showContent}>
      <ThreadView {...props} files={files} inserts={LinkContent} showAttachments={showAttachments} />
    </ContentInMessages>
  )
}
