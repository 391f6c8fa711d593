import { Newspaper } from 'lucide-react'
import { useRef, useState } from 'react'
import { Combobox } from '@/components/Combobox'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { IconButton } from '@/components/IconButton'
import { LoadingState } from '@/components/LoadingState'
import { contentAddress } from '@/lib/content-links'
import { useCommands } from '@/lib/react/use-commands'
import { listed } from './filters'
import { useContent } from './use-content'
import { nameOfKind, nameOfStatus } from './words'

interface LinkContentProps {
  workspaceId: string
  /** Puts the address of an item where one writes, and the focus too. */
  onInsert: (address: string) => void
}

/** Finds an item to name it in a message. */
export function LinkContent({ workspaceId, onInsert }: LinkContentProps) {
  const [isOpen, setOpen] = useState(false)
  const chosen = useRef<string>(undefined)
  useCommands([
    {
      id: 'message.link-content',
      title: 'Link to content…',
      keywords: 'message insert item post article video',
      section: 'Message',
      icon: Newspaper,
      run: () => setOpen(true),
    },
  ])
  return (
    <>
      <IconButton icon={Newspaper} label="Link to content…" size="small" onClick={() => setOpen(true)} />
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Link to content"
        description="It shows in the message with its kind and title, to everybody who may see it."
        onClosed={(event) => {
          if (chosen.current === undefined) return
          event.preventDefault()
          onInsert(chosen.current)
          chosen.current = undefined
        }}
      >
        <Choice
          workspaceId={workspaceId}
          onChoose={(itemId) => {
            chosen.current = contentAddress({ workspaceId, itemId })
            setOpen(false)
          }}
        />
      </Dialog>
    </>
  )
}

function Choice({ workspaceId, onChoose }: { workspaceId: string; onChoose: (itemId: string) => void }) {
  const { items, error, refetch } = useContent(workspaceId)
  if (!items)
    return error ? (
      <ErrorState error={error} title="The content could not be loaded" onRetry={() => void refetch()} />
    ) : (
      <LoadingState label="Loading content" rows={3} />
    )
  return (
    // The list opens below the field, within the dialog.
    <div className="min-h-80">
      <Combobox
        label="Content"
        hint={items.length === 0 ? 'There is no content in this workspace yet.' : undefined}
        placeholder="Type what it is called"
        options={listed(items, {}).map(({ id, title, kind, status }) => ({
          value: id,
          label: title,
          hint: `${nameOfKind(kind)}, ${nameOfStatus(status).toLowerCase()}`,
        }))}
        value={[]}
        onChange={([itemId]) => itemId !== undefined && onChoose(itemId)}
      />
    </div>
  )
}
