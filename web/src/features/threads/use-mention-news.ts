import { useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { toast } from '@/components/toasts'
import { mentionNews } from './changes'

/** Says that somebody mentioned this person, unless he is reading that thread anyway. */
export function useMentionNews(currentThread: string | undefined, nameOf: (userId: string) => string): void {
  const navigate = useNavigate()
  const tell = useEffectEvent(() => {
    const news = mentionNews.get()
    const isReading = news?.threadId === currentThread && document.visibilityState === 'visible'
    if (!news || isReading) return
    const { workspaceId, threadId, messageId } = news
    toast({
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
  })
  useEffect(() => mentionNews.subscribe(() => tell()), [])
}
