import { SendHorizontal } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { Button } from '@/components/Button'
import { draftOf, keepDraft } from './drafts'

interface ComposerProps {
  threadId: string
  onSend: (body: string) => void
}

/** Enter sends, Shift+Enter starts a line; an unsent draft stays with its thread. */
export function Composer({ threadId, onSend }: ComposerProps) {
  const [text, setText] = useState(() => draftOf(threadId))

  const write = (next: string) => {
    setText(next)
    keepDraft(threadId, next)
  }

  const send = () => {
    const body = text.trim()
    if (body === '') return
    onSend(body)
    write('')
  }

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter accepts its suggestion.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="shrink-0 px-4 pt-2 pb-3 max-md:px-2"
    >
      <div className="flex items-end gap-2 rounded-xl border border-line-control bg-surface p-1.5 shadow-near focus-within:border-accent-ink">
        <textarea
          aria-label="Message"
          placeholder="Write a message"
          rows={1}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          enterKeyHint="send"
          className="field-sizing-content max-h-48 min-h-9 flex-1 resize-none bg-transparent px-2 py-1.5 text-base leading-relaxed placeholder:text-ink-soft focus-visible:outline-none sm:text-[0.9375rem]"
        />
        <Button type="submit" variant="primary" size="icon" aria-label="Send" disabled={text.trim() === ''}>
          <SendHorizontal aria-hidden className="size-4" />
        </Button>
      </div>
      <p className="px-2 pt-1 text-xs text-ink-soft max-md:hidden">
        <kbd className="font-sans font-medium">Enter</kbd> sends,{' '}
        <kbd className="font-sans font-medium">Shift Enter</kbd> starts a new line
      </p>
    </form>
  )
}
