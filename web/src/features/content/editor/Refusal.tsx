import { Copy } from 'lucide-react'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { toast } from '@/components/toasts'
import { showsWaiting } from '@/lib/deciding'
import type { DocumentSession } from '@/lib/documents/document-session'
import { useStore } from '@/lib/react/use-store'

/** What the server refused is said, and can be copied out; the whole of it stands with what waits on this device. */
export function Refusal({ session }: { session: DocumentSession }) {
  const { refused } = useStore(session.state)
  if (!refused) return null
  return (
    <Notice tone="danger">
      <p>Your last changes could not be added as you wrote them. {refused.problem.message}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button size="small" onClick={() => void copy(refused.text)}>
          <Copy aria-hidden className="size-3.5" />
          Copy my text
        </Button>
        <Button size="small" onClick={() => showsWaiting.set(true)}>
          See what waits
        </Button>
        <Button size="small" variant="quiet" onClick={() => session.dismissRefusal()}>
          Close
        </Button>
      </div>
    </Notice>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ tone: 'success', message: 'The text is copied.' })
  } catch {
    toast({ tone: 'danger', message: 'This browser does not let it be copied.' })
  }
}
