import { createContext, type ReactNode } from 'react'
import type { ContentLink } from '@/lib/content-links'

/** Shows a content item that a message names by its address, or `link` when there is nothing to show of it. */
export type ShowContent = (link: ContentLink, ordinary: ReactNode) => ReactNode

/** Content is another feature; src/app says how it looks in a message. */
export const ContentInMessages = createContext<ShowContent>((_, ordinary) => ordinary)
