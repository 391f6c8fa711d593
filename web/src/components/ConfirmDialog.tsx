import { AlertDialog as Radix } from 'radix-ui'
import { useId, useState, type ReactNode } from 'react'
import { Button } from './Button'
import { cx } from './cx'
import { dialogLook } from './Dialog'
import { Notice } from './Notice'
import { describe } from './problem-form'
import { TextField } from './TextField'

export interface ConfirmDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** A question: “Delete this thread?” */
  title: string
  /** What happens, and whether it can be taken back. */
  children: ReactNode
  /** The verb of the question: “Delete thread”. */
  confirm: string
  /** Cannot be taken back. */
  dangerous?: boolean
  /** What has to be typed first, such as a workspace's name, where one click must not be enough. */
  typed?: string
  /** The dialog waits for it, closes when it is done, and says so when it fails. */
  onConfirm: () => unknown
  /** The focus is about to go back to what asked; where that is gone, prevent it and lead elsewhere. */
  onClosed?: (event: Event) => void
}

export function ConfirmDialog({ open, onOpenChange, onClosed, ...question }: ConfirmDialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={dialogLook.overlay} />
        <Radix.Content
          className={cx(dialogLook.frame, 'max-w-md')}
          onOpenAutoFocus={(event) => {
            // Where something has to be typed one starts there, else at the way out.
            const input = event.target instanceof HTMLElement && event.target.querySelector('input')
            if (!input) return
            event.preventDefault()
            input.focus()
          }}
          {...(onClosed && { onCloseAutoFocus: onClosed })}
        >
          <Question {...question} onDone={() => onOpenChange(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type QuestionProps = Omit<ConfirmDialogProps, 'open' | 'onOpenChange' | 'onClosed'> & { onDone: () => void }

function Question({ title, children, confirm, dangerous = false, typed, onConfirm, onDone }: QuestionProps) {
  const formId = useId()
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const isReady = typed === undefined || text.trim() === typed

  const go = async () => {
    setBusy(true)
    setFailure(undefined)
    try {
      await onConfirm()
      onDone()
    } catch (error) {
      setFailure(describe(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      id={formId}
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) void go()
      }}
    >
      <div className="flex flex-col gap-1.5">
        <Radix.Title className="text-lg leading-snug font-semibold text-balance">{title}</Radix.Title>
        <Radix.Description asChild>
          <div className="text-sm text-pretty text-ink-soft">{children}</div>
        </Radix.Description>
      </div>
      {typed !== undefined && (
        <TextField
          label={
            <>
              Type <span className="font-semibold select-all">{typed}</span> to go on
            </>
          }
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Radix.Cancel asChild>
          <Button>Cancel</Button>
        </Radix.Cancel>
        <Button type="submit" variant={dangerous ? 'destructive' : 'primary'} busy={busy} disabled={!isReady}>
          {confirm}
        </Button>
      </div>
    </form>
  )
}
