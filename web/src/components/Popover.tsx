import { Popover as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'

interface PopoverProps {
  trigger: ReactNode
  /** What it is, for those who do not see it. */
  label: string
  children: ReactNode
  side?: ComponentProps<typeof Radix.Content>['side']
  align?: ComponentProps<typeof Radix.Content>['align']
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A small surface beside its button, for what needs more than a menu and less than a dialog. */
export const Popover = ({ trigger, label, children, side = 'bottom', align = 'start', ...state }: PopoverProps) => (
  <Radix.Root {...state}>
    <Radix.Trigger asChild>{trigger}</Radix.Trigger>
    <Radix.Content
      aria-label={label}
      side={side}
      align={align}
      sideOffset={6}
      collisionPadding={8}
      className="z-50 max-h-(--radix-popover-content-available-height) w-72 max-w-[calc(100vw-1rem)] animate-pop overflow-y-auto rounded-xl border border-line bg-raised p-3 text-sm text-ink shadow-far outline-none"
    >
      {children}
    </Radix.Content>
  </Radix.Root>
)
