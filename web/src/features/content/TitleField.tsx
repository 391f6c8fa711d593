import { useState } from 'react'
import type { ContentItem } from '@/api/types'
import { changeItem } from './api'
import { titleSchema } from './schemas'

/** The title, written where it stands. It counts when one leaves it or presses Enter; Escape takes it back. */
export function TitleField({ item, mayWrite }: { item: ContentItem; mayWrite: boolean }) {
  const [typed, setTyped] = useState<string>()
  const [error, setError] = useState<string>()

  const save = () => {
    if (typed === undefined) return
    const checked = titleSchema.safeParse(typed)
    if (!checked.success) {
      setError(checked.error.issues[0]?.message)
      return
    }
    setError(undefined)
    setTyped(undefined)
    if (checked.data !== item.title) changeItem(item, { title: checked.data })
  }

  if (!mayWrite) return <p className="px-1 text-2xl font-semibold wrap-anywhere">{item.title}</p>
  return (
    <div className="flex flex-col gap-1">
      <textarea
        aria-label="Title"
        rows={1}
        value={typed ?? item.title}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : 'title-error'}
        onChange={(event) => setTyped(event.target.value.replaceAll('\n', ' '))}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Enter') {
            event.preventDefault()
            save()
          } else if (event.key === 'Escape' && typed !== undefined) {
            event.preventDefault()
            setTyped(undefined)
            setError(undefined)
          }
        }}
        className="field-sizing-content w-full resize-none rounded-lg bg-transparent px-1 text-2xl leading-snug font-semibold hover:bg-hover focus:bg-transparent"
      />
      {error !== undefined && (
        <p id="title-error" role="alert" className="px-1 text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  )
}
