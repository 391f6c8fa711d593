import type { ContentItem } from '@/api/types'
import { Notice } from '@/components/Notice'
import { TextArea } from '@/components/TextArea'
import { changeItem } from './api'
import { useSavedText } from './use-saved-text'

interface PlainTextProps {
  item: ContentItem
  mayWrite: boolean
}

/** The text of an item that the server does not have yet: nobody else can be in it, so it is written like any other field. */
export function PlainText({ item, mayWrite }: PlainTextProps) {
  const { text, onChange, flush } = useSavedText(item.body ?? '', (body) => changeItem(item, { body }))
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="info">
        This is on this device only. It goes out as soon as the server can be reached; until then nobody else sees it.
      </Notice>
      <TextArea
        label="Text"
        labelHidden
        rows={12}
        placeholder="Write…"
        value={text}
        readOnly={!mayWrite}
        onChange={(event) => onChange(event.target.value)}
        onBlur={flush}
      />
    </div>
  )
}
