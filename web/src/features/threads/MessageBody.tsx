import { memo } from 'react'
import { markdown } from './markdown-loader'
import { exactTimeOf } from './times'

/** Texts without any of these mean what they say, and most are such: they need no parser. */
const isPlain = (text: string) => !/[*_`~[\]<>#|\\&]|^\s*(?:[-+]|\d+[.)])\s|^ {4}|\t|---|===|:\/\/|mailto:/m.test(text)

interface MessageBodyProps {
  text: string
  /** When the text was last changed; null while it is the first one. */
  editedAt?: string | null
}

/** What somebody wrote, with its Markdown, and that it is no longer what was first written. */
export const MessageBody = memo(function MessageBody({ text, editedAt = null }: MessageBodyProps) {
  const look = 'max-w-4xl text-[0.9375rem] leading-relaxed wrap-anywhere'
  const rendered = isPlain(text) ? undefined : markdown(text)
  const edited = editedAt !== null && (
    <span title={exactTimeOf(editedAt)} className="text-xs text-ink-soft">
      edited
    </span>
  )
  if (rendered === undefined)
    return (
      <div className={look}>
        <p data-body className="inline whitespace-pre-wrap">
          {text}
        </p>{' '}
        {edited}
      </div>
    )
  return (
    <>
      <div data-body className={`${look} flex flex-col gap-1.5`}>
        {rendered}
      </div>
      {edited}
    </>
  )
})
