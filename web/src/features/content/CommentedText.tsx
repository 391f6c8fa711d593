import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { commentsOn } from './api'
import type { Commenting } from './commenting'
import { DocumentEditor, type DocumentEditorProps } from './editor'

interface CommentedTextProps extends Omit<
  DocumentEditorProps,
  'comments' | 'currentComment' | 'onOpenComment' | 'onComment'
> {
  commenting: Commenting
}

/** The text of an item with what is said about places in it. */
export function CommentedText({ commenting, ...props }: CommentedTextProps) {
  // The text that is opened may be newer than what is held of them.
  const { data } = useQuery({ ...commentsOn(props.itemId), refetchOnMount: 'always' })
  const open = useMemo(() => data?.filter(({ resolved }) => !resolved), [data])
  const current = data?.find(({ id, threadId }) => id === commenting.current || threadId === commenting.current)
  return (
    <DocumentEditor
      {...props}
      {...(open && { comments: open })}
      currentComment={current?.id}
      onOpenComment={commenting.open}
      {...(props.mayWrite && { onComment: commenting.begin })}
    />
  )
}
