import { labelsOf, type Keys } from '@/lib/keys'
import { cx } from './cx'

/** A key combination as it is on the reader's own keyboard. */
export const Kbd = ({ keys, className }: { keys: Keys; className?: string }) => (
  <kbd className={cx('inline-flex shrink-0 gap-0.5 font-sans', className)}>
    {labelsOf(keys).map((label) => (
      <span
        key={label}
        className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded border border-line bg-sunken px-1 text-2xs font-medium text-ink-soft"
      >
        {label}
      </span>
    ))}
  </kbd>
)
