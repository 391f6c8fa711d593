import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from './Button'
import { cx } from './cx'

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  size?: 'normal' | 'wide'
  children: ReactNode
  /** The focus is about to go back to what opened it; where it belongs elsewhere, prevent it. */
  onClosed?: (event: Event) => void
}

const overlay = 'fixed inset-0 z-40 animate-fade bg-scrim'

/** On a phone it rises from the bottom, where the thumb is. */
const frame = cx(
  'fixed inset-x-4 top-[max(1rem,12vh)] z-50 mx-auto flex max-h-[80vh] animate-pop flex-col gap-5 overflow-y-auto rounded-2xl border border-line bg-raised p-6 shadow-far outline-none',
  'max-sm:inset-x-0 max-sm:top-auto max-sm:bottom-0 max-sm:max-h-[90dvh] max-sm:animate-rise max-sm:rounded-b-none max-sm:p-5 max-sm:pb-[max(1.25rem,env(safe-area-inset-bottom))]',
)

export const dialogLook = { overlay, frame }

const widths = { normal: 'max-w-md', wide: 'max-w-2xl' }

export function Dialog({ open, onOpenChange, title, description, size = 'normal', children, onClosed }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          className={cx(frame, widths[size])}
          {...(onClosed && { onCloseAutoFocus: onClosed })}
        >
          <div className="flex flex-col gap-1 pr-8">
            <Radix.Title className="text-lg leading-snug font-semibold">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description className="text-sm text-pretty text-ink-soft">{description}</Radix.Description>
            )}
          </div>
          {children}
          {/* Last, so that the focus begins at what the dialog is about. */}
          <Radix.Close asChild>
            <Button variant="quiet" size="icon" aria-label="Close" className="absolute top-4 right-4">
              <X aria-hidden className="size-4.5" />
            </Button>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
