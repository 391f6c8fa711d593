import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Button } from '@/components/Button'
import { preferences } from '@/lib/preferences'
import { useStore } from '@/lib/react/use-store'
import { bytesLeft } from './messages'
import { sends } from './sending'
import { TooLong } from './TooLong'

interface MessageEditorProps {
  body: string
  /** With the new text, or with nothing when it stays as it was. */
  onDone: (body: string | undefined) => void
}

/** Changes a message in its place. */
export function MessageEditor({ body, onDone }: MessageEditorProps) {
  const [text, setText] = useState(body)
  const { enterSends } = useStore(preferences)
  const field = useRef<HTMLTextAreaElement>(null)
  const isTooLong = bytesLeft(text) < 0

  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(body.length, body.length)
  }, [body])

  const save = () => {
    const next = text.trim()
    if (next === '' || isTooLong) return
    onDone(next === body ? undefined : next)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onDone(undefined)
    } else if (sends(event, enterSends)) {
      event.preventDefault()
      save()
    }
  }

  return (
    <form
      className="flex flex-col gap-2 py-1"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <textarea
        ref={field}
        aria-label="Edit message"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-72 min-h-control resize-none rounded-lg border border-line-control bg-surface px-3 py-1.5 text-base leading-relaxed sm:text-[0.9375rem]"
      />
      <TooLong text={text} />
      <div className="flex gap-2">
        <Button type="submit" size="small" variant="primary" disabled={text.trim() === '' || isTooLong}>
          Save
        </Button>
        <Button size="small" onClick={() => onDone(undefined)}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
