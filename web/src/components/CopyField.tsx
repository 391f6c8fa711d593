import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cx } from './cx'
import { IconButton } from './IconButton'

interface CopyFieldProps {
  label: string
  value: string
  /** One quiet line instead of a field. */
  compact?: boolean
}

const SAY_FOR = 2_000

/** Something to take along: an address, a key, a reference. Without a clipboard it can still be marked by hand. */
export function CopyField({ label, value, compact = false }: CopyFieldProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAY_FOR)
    return () => clearTimeout(timer)
  }, [copied])

  // Pages without https have no clipboard.
  const clipboard = 'clipboard' in navigator ? navigator.clipboard : undefined
  return (
    <div className={cx('flex min-w-0 gap-1.5', compact ? 'items-center text-xs' : 'flex-col')}>
      <span className={compact ? 'text-ink-soft' : 'text-sm font-medium'}>{label}</span>
      <span
        className={cx(
          'flex min-w-0 items-center',
          !compact && 'min-h-control rounded-lg border border-line-control bg-ground pr-1 pl-3',
        )}
      >
        <code className="min-w-0 flex-1 font-mono text-xs break-all select-all">{value}</code>
        {clipboard && (
          <IconButton
            icon={copied ? Check : Copy}
            label={copied ? 'Copied' : `Copy ${label.toLowerCase()}`}
            size="small"
            onClick={() =>
              void clipboard.writeText(value).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          />
        )}
      </span>
      <span role="status" className="sr-only">
        {copied && `${label} copied`}
      </span>
    </div>
  )
}
