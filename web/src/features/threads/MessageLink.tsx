import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

/** A link in a message: within Renexus it goes there in place, elsewhere it opens beside and tells nothing of us. */
export function MessageLink({ href, children }: { href: string; children: ReactNode }) {
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
