import type { Command, EditorView } from '@codemirror/view'
import {
  Bold,
  Code,
  Heading,
  Image,
  Italic,
  Link,
  List,
  ListChecks,
  ListOrdered,
  MessageSquarePlus,
  Quote,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '@/components/IconButton'
import type { Keys } from '@/lib/keys'
import { insertLink, toggleBlock, toggleInline } from './formatting'

const actions: readonly { label: string; icon: LucideIcon; keys: Keys; run: Command }[] = [
  { label: 'Bold', icon: Bold, keys: 'Mod+B', run: toggleInline('bold') },
  { label: 'Italic', icon: Italic, keys: 'Mod+I', run: toggleInline('italic') },
  { label: 'Code', icon: Code, keys: 'Mod+E', run: toggleInline('code') },
  { label: 'Link', icon: Link, keys: 'Mod+Shift+K', run: insertLink },
  { label: 'Heading', icon: Heading, keys: 'Mod+Alt+2', run: toggleBlock('h2') },
  { label: 'Bulleted list', icon: List, keys: 'Mod+Shift+8', run: toggleBlock('bullets') },
  { label: 'Numbered list', icon: ListOrdered, keys: 'Mod+Shift+7', run: toggleBlock('numbers') },
  { label: 'To-do list', icon: ListChecks, keys: 'Mod+Shift+9', run: toggleBlock('tasks') },
  { label: 'Quote', icon: Quote, keys: 'Mod+Shift+.', run: toggleBlock('quote') },
]

interface EditorBarProps {
  view: EditorView | undefined
  mayWrite: boolean
  onImage: ((view: EditorView) => void) | undefined
  onComment: ((view: EditorView) => void) | undefined
  children: ReactNode
}

/** What can be done to the text by mouse or finger; each has its key as well. */
export function EditorBar({ view, mayWrite, onImage, onComment, children }: EditorBarProps) {
  const on = (run: (view: EditorView) => unknown) => () => {
    if (!view) return
    run(view)
    view.focus()
  }
  return (
    <div className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-surface py-1">
      {mayWrite && (
        <div role="toolbar" aria-label="Text" className="flex min-w-0 items-center gap-0.5 overflow-x-auto p-0.5">
          {actions.map(({ label, icon, keys, run }) => (
            <IconButton
              key={label}
              icon={icon}
              label={label}
              keys={keys}
              size="small"
              disabled={!view}
              onClick={on(run)}
              // The selection must stay in the text.
              onPointerDown={(event) => event.preventDefault()}
            />
          ))}
          {onImage && <IconButton icon={Image} label="Picture" size="small" disabled={!view} onClick={on(onImage)} />}
          {onComment && (
            <IconButton
              icon={MessageSquarePlus}
              label="Comment on the selection"
              keys="Mod+Alt+M"
              size="small"
              disabled={!view}
              onClick={() => view && onComment(view)}
              onPointerDown={(event) => event.preventDefault()}
            />
          )}
        </div>
      )}
      {children}
    </div>
  )
}
