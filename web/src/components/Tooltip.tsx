import { Tooltip as Radix } from 'radix-ui'
import { useRef, useState, type ComponentProps, type ReactNode } from 'react'
import type { Keys } from '@/lib/keys'
import { Kbd } from './Kbd'

interface TooltipProps {
  label: ReactNode
  keys?: Keys | undefined
  side?: ComponentProps<typeof Radix.Content>['side']
  /** One element that can take focus: what only a mouse can find is hidden from everybody else. */
  children: ReactNode
}

/** A few words on what a control does, on hover and on focus. It stays in the landmark of its control. */
export const Tooltip = ({ label, keys, side = 'top', children }: TooltipProps) => {
  const [open, setOpen] = useState(false)
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined)
  return (
    <Radix.Provider delayDuration={350}>
      <Radix.Root
        open={open}
        onOpenChange={(next) => {
          clearTimeout(closing.current)
          if (next) setOpen(true)
          // Not while the focus is between two controls: a dialog that loses an element just then takes the focus back.
          else closing.current = setTimeout(() => setOpen(false))
        }}
      >
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="pointer-events-none z-50 flex max-w-64 animate-pop items-center gap-2 rounded-md border border-line bg-raised px-2 py-1 text-xs font-medium text-ink shadow-far"
        >
          {label}
          {keys !== undefined && <Kbd keys={keys} />}
        </Radix.Content>
      </Radix.Root>
    </Radix.Provider>
  )
}
