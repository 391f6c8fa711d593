import { bytesLeft, SHOW_BYTES_LEFT } from './messages'

const kilobytes = (bytes: number) => `${Math.max(1, Math.ceil(bytes / 1000))} KB`

/** How much room a message has left when it comes to an end, and by how much it is too long before it is sent. */
export function TooLong({ text }: { text: string }) {
  const left = bytesLeft(text)
  if (left > SHOW_BYTES_LEFT) return null
  if (left >= 0) return <p className="px-1 text-xs text-ink-soft tabular-nums">Room for {kilobytes(left)} more</p>
  return (
    <p role="alert" className="px-1 text-xs text-danger">
      Too long by {kilobytes(-left)}: a message holds about 100 KB. Shorten it, or send it in parts.
    </p>
  )
}
