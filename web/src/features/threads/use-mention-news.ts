import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { dismissToast, toast } from '@/components/toasts'
import { mentionNews } from './changes'

/** Says that somebody mentioned this person, unless that thread is being read anyway; whoever opens it needs to hear it no longer. */
export function useMentionNews(currentThread: string | undefined, nameOf: (userId: string) => string): void {
  const navigate = useNavigate()
  const told = useRef<{ threadId: string; toastId: string }[]>([])
  const tell = useEffectEvent(() => {
    const news = mentionNews.get()
    const isReading = news?.threadId === currentThread && document.visibilityState === 'visible'
    if (!news || isReading) return
    const { workspaceId, threadId, messageId } = news
    const toastId = toast({
      message: `${nameOf(news.authorId)} mentioned you.`,
      action: {
        label: 'Show',
        run: () =>
          void navigate({
            to: '/w/$workspaceId/t/$threadId',
            params: { workspaceId, threadId },
            search: { m: messageId },
          }),
      },
    })
    told.current.push({ threadId, toastId })
  })
  useEffect(() => mentionNews.subscribe(() => tell()), [])

  // It would lie over the message that it tells of.
  useEffect(() => {
    for (const { threadId, toastId } of told.current) if (threadId === currentThread) dismissToast(toastId)
    told.current = told.current.filter(({ threadId }) => threadId !== currentThread)
  }, [currentThread])
}
