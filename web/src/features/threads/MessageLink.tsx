import { useRouter } from '@tanstack/react-router'
import { use, type MouseEvent, type ReactNode } from 'react'
import { contentLinkIn } from '@/lib/content-links'
import { ContentInMessages } from './link-chips'

interface MessageLinkProps {
  href: string
  children: ReactNode
}

/** An address that stands in a message as it is: of a content item it shows what that is. */
export function Address({ href, children }: MessageLinkProps) {
  const show = use(ContentInMessages)
  const content = contentLinkIn(href)
  const ordinary = <MessageLink href={href}>{children}</MessageLink>
  return content ? show(content, ordinary) : ordinary
}

/** A link in a message: within Renexus it goes there in place, elsewhere it opens beside and tells nothing of us. */
export function MessageLink({ href, children }: MessageLinkProps) {
  const router = useRouter({ warn: false })
  const isHere = URL.canParse(href) && new URL(href).origin === location.origin
  const look = 'font-medium text-accent-ink underline underline-offset-2'

  if (!isHere)
    return (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc" className={look}>
        {children}
      </a>
    )

  const go = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void router.navigate({ href: href.slice(location.origin.length) })
  }
  return (
    <a href={href} onClick={go} className={look}>
      {children}
    </a>
  )
}
