import { SmilePlus } from 'lucide-react'
import { useRef, useState, type KeyboardEvent } from 'react'
import { Button } from '@/components/Button'
import { Popover } from '@/components/Popover'
import { emojis } from './reactions'

interface ReactionPickerProps {
  label: string
  className?: string
  onOpen?: (open: boolean) => void
  onPick: (emoji: string) => void
}

const COLUMNS = 8
const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }

/** Emoji to choose from: arrow keys move, Enter chooses, Escape leaves. */
export function ReactionPicker({ label, className, onOpen, onPick }: ReactionPickerProps) {
  const [isOpen, setOpen] = useState(false)
  const [at, setAt] = useState(0)
  const grid = useRef<HTMLDivElement>(null)

  const change = (open: boolean) => {
    setOpen(open)
    setAt(0)
    onOpen?.(open)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(emojis.length - 1, at + step))
    setAt(next)
    grid.current?.querySelectorAll('button')[next]?.focus()
  }

  return (
    <Popover
      label="Choose a reaction"
      side="top"
      align="end"
      open={isOpen}
      onOpenChange={change}
      trigger={
        <Button variant="quiet" size="icon-small" aria-label={label} data-react className={className}>
          <SmilePlus aria-hidden className="size-4" />
        </Button>
      }
    >
      <div
        ref={grid}
        role="toolbar"
        tabIndex={-1}
        aria-label="Reactions"
        onKeyDown={onKeyDown}
        className="grid grid-cols-8 gap-0.5"
      >
        {emojis.map(({ emoji, name }, index) => (
          <button
            key={emoji}
            type="button"
            aria-label={name}
            title={name}
            tabIndex={index === at ? 0 : -1}
            onClick={() => {
              change(false)
              onPick(emoji)
            }}
            className="flex size-8 items-center justify-center rounded-md text-lg hover:bg-hover"
          >
            {emoji}
          </button>
        ))}
      </div>
    </Popover>
  )
}
