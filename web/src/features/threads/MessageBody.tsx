import { memo } from 'react'
import { markdown } from './markdown-loader'

/** Texts without any of these mean what they say, and most are such: they need no parser. */
const isPlain = (text: string) => !/[*_`~[\]<>#|\\&]|^\s*(?:[-+]|\d+[.)])\s|^ {4}|\t|---|===|:\/\/|mailto:/m.test(text)

/** What somebody wrote, with its Markdown. */
export const MessageBody = memo(function MessageBody({ text }: { text: string }) {
  const look = 'max-w-4xl text-[0.9375rem] leading-relaxed wrap-anywhere'
  const rendered = isPlain(text) ? undefined : markdown(text)
  if (rendered === undefined)
    return (
      <p data-body className={`${look} whitespace-pre-wrap`}>
        {text}
      </p>
    )
  return (
    <div data-body className={`${look} flex flex-col gap-1.5`}>
      {rendered}
    </div>
  )
})
