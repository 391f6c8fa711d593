import { ago, exactTime } from '@/lib/dates'

/** A moment in short, and exactly for whoever points at it. */
export const When = ({ at, text = ago(at) }: { at: string; text?: string }) => (
  <time dateTime={at} title={exactTime(at)}>
    {text}
  </time>
)
