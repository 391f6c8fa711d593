import { useId } from 'react'

interface ProgressProps {
  /** What is under way, said aloud with it. */
  label: string
  /** 0 to 100; absent while nobody knows yet. */
  value?: number | undefined
  hint?: string | undefined
}

/** How far something is that takes its time. Quiet to a screen reader until it is asked: the end is what is told. */
export function Progress({ label, value, hint }: ProgressProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-4 text-xs text-ink-soft">
        <span id={id}>{label}</span>
        <span className="tabular-nums">
          {value === undefined ? hint : [hint, `${value} %`].filter(Boolean).join(' · ')}
        </span>
      </div>
      <div
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(value !== undefined && { 'aria-valuenow': value })}
        className="h-2 overflow-hidden rounded-full bg-hover"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-300 motion-reduce:transition-none"
          style={{ width: `${value ?? 0}%` }}
        />
      </div>
    </div>
  )
}
