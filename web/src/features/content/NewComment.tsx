import { useQueryClient } from '@tanstack/react-query'
import { useState, type KeyboardEvent } from 'react'
import { Button } from '@/components/Button'
import { Kbd } from '@/components/Kbd'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { TextArea } from '@/components/TextArea'
import { newId } from '@/lib/ids'
import { matches } from '@/lib/keys'
import { withMentions } from '@/lib/mentions'
import { useKept } from '@/lib/react/use-kept'
import { createComment } from './api'
import { putComment } from './changes'
import type { CommentedSelection } from './editor'
import { Quoted } from './ItemComments'
import type { Person } from './people'

interface NewCommentProps {
  itemId: string
  about: CommentedSelection
  people: readonly Person[]
  onMade: (id: string) => void
  onCancel: () => void
}

/** What somebody wants to say about what is selected. What is typed outlasts the closing of the panel. */
export function NewComment({ itemId, about, people, onMade, onCancel }: NewCommentProps) {
  const cache = useQueryClient()
  const [text, setText] = useKept<string>(`comment.${itemId}`, '')
  const [id] = useState(newId)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const { document, from, to, quote } = about

  const send = async () => {
    if (text.trim() === '' || busy) return
    setBusy(true)
    setFailure(undefined)
    try {
      const body = withMentions(text.trim(), people)
      const comment = await createComment(itemId, { id, document, from, to, body })
      putComment(cache, itemId, { op: 'create', resourceId: id, data: comment })
      setText('')
      onMade(id)
    } catch (error) {
      setFailure(describe(error))
      setBusy(false)
    }
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (matches(event.nativeEvent, 'Mod+Enter')) {
      event.preventDefault()
      void send()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      onCancel()
    }
  }

  return (
    <form
      aria-label="New comment"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      className="flex flex-col gap-3 p-4 text-sm"
    >
      <Quoted className="line-clamp-4">{quote}</Quoted>
      <TextArea
        label="Comment"
        hint="Name somebody with @ to tell them."
        // Whoever asked for it wants to type.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="mr-auto flex items-center gap-1 text-xs text-ink-soft max-md:hidden">
          <Kbd keys="Mod+Enter" /> sends
        </p>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={text.trim() === ''}>
          Comment
        </Button>
      </div>
    </form>
  )
}
