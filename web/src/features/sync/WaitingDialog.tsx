import { Copy, GitMerge, RotateCw, Trash2 } from 'lucide-react'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { toast } from '@/components/toasts'
import { documents, outbox } from '@/lib/client'
import { deciding, showsWaiting } from '@/lib/deciding'
import type { WaitingDocument } from '@/lib/documents/documents'
import { isOfWeight, isOnItsWay, type Outgoing } from '@/lib/outbox'
import { useStore } from '@/lib/react/use-store'
import { kindOf, textOf } from './words'

/** Everything that is not on the server yet, and what can be done about it. */
export function WaitingDialog() {
  const entries = useStore(outbox.entries).filter(isOfWeight)
  const texts = useStore(documents.waiting)
  const keeps = useStore(outbox.keeps)
  return (
    <Dialog
      open={useStore(showsWaiting)}
      onOpenChange={(open) => showsWaiting.set(open)}
      title="Changes on this device"
      description={
        keeps
          ? 'They are kept here, also when this page is closed, and go to the server in this order.'
          : 'This browser lets nothing be kept: stay on this page until they are sent.'
      }
      size="wide"
    >
      {entries.length === 0 && texts.length === 0 ? (
        <p className="text-sm text-ink-soft">Everything is on the server.</p>
      ) : (
        <ul aria-label="Changes on this device" className="flex flex-col divide-y divide-line">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
          {texts.map((text) => (
            <Text key={text.id} {...text} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function Entry({ entry }: { entry: Outgoing }) {
  const { id, data, failure, conflict } = entry
  const text = textOf(data)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5 text-sm">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{kindOf(entry)}</p>
        {text !== '' && <p className="line-clamp-2 break-words text-ink-soft">{text}</p>}
        {failure !== undefined && <p className="text-danger">{failure}</p>}
        {conflict && <p className="text-danger">Somebody changed it meanwhile.</p>}
        {isOnItsWay(entry) && <p className="text-xs text-ink-soft">Waits to be sent</p>}
      </div>
      {text !== '' && (
        <Button size="small" variant="quiet" onClick={() => void copy(text)}>
          <Copy aria-hidden className="size-3.5" />
          Copy
        </Button>
      )}
      {failure !== undefined && (
        <Button size="small" variant="quiet" onClick={() => outbox.retry(id)}>
          <RotateCw aria-hidden className="size-3.5" />
          Try again
        </Button>
      )}
      {conflict && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => {
            showsWaiting.set(false)
            deciding.set(id)
          }}
        >
          <GitMerge aria-hidden className="size-3.5" />
          Decide
        </Button>
      )}
      {!isOnItsWay(entry) && (
        <Button size="small" variant="danger" onClick={() => outbox.discard(id)}>
          <Trash2 aria-hidden className="size-3.5" />
          Discard
        </Button>
      )}
    </li>
  )
}

/** What was written in a document: it goes by itself, and is to be seen in the document. */
const Text = ({ count }: WaitingDocument) => (
  <li className="py-2.5 text-sm">
    <p className="font-medium">{count === 1 ? 'A change' : `${count} changes`} in the text of a document</p>
    <p className="text-xs text-ink-soft">Waits to be sent</p>
  </li>
)

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ tone: 'success', message: 'The text is copied.' })
  } catch {
    toast({ tone: 'danger', message: 'This browser does not let it be copied.' })
  }
}
