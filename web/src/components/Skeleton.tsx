import { cx } from './cx'

/** The shape of what is coming. The area around it says aloud that it loads. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div
    aria-hidden
    className={cx('animate-pulse bg-hover', !className?.includes('rounded') && 'rounded-md', className)}
  />
)
