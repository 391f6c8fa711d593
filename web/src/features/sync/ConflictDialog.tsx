import { useState } from 'react'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { outbox } from '@/lib/client'
import { deciding } from '@/lib/deciding'
import type { Conflict, Outgoing } from '@/lib/outbox'
import { useStore } from '@/lib/react/use-store'
import { textOf } from './words'

/** Decides what becomes of a change that does not fit with what others did meanwhile (SY-3). */
export function ConflictDialog() {
  const id = useStore(deciding)
  const entry = useStore(outbox.entries).find((one) => one.id === id)
  const close = () => deciding.set(undefined)
  return (
    <Dialog
      open={entry?.conflict !== undefined}
      onOpenChange={close}
      size="wide"
      title={entry?.conflict ? titleOf(entry, entry.conflict) : ''}
    >
      {entry?.conflict && <Decision key={entry.id} entry={entry} conflict={entry.conflict} onDone={close} />}
    </Dialog>
  )
}

function titleOf({ op, resource }: Outgoing, { theirs }: Conflict): string {
  if (theirs === null) return `The ${resource} that you changed was deleted`
  return op === 'delete'
    ? `The ${resource} that you deleted was changed`
    : `You and somebody else changed the same ${resource}`
}

interface DecisionProps {
  entry: Outgoing
  conflict: Conflict
  onDone: () => void
}

function Decision({ entry, conflict, onDone }: DecisionProps) {
  const { base, mine, theirs } = conflict
  const [result, setResult] = useState(textOf(mine))
  const field = mine && 'title' in mine ? 'title' : 'body'
  const decide = (what: () => void) => () => {
    what()
    onDone()
  }
  const keepTheirs = decide(() => outbox.discard(entry.id))
  const isText = mine !== null && textOf(mine) !== ''
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (result.trim() !== '' && theirs !== null)
          decide(() => outbox.resolve(entry.id, { [field]: result.trim() }))()
      }}
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <Version name="Before" text={base === undefined ? undefined : textOf(base)} unknown="Not known any more." />
        <Version name="Yours" text={mine === null ? undefined : textOf(mine)} unknown="Deleted." />
        <Version name="Theirs" text={theirs === null ? undefined : textOf(theirs)} unknown="Deleted." />
      </div>
      {isText && theirs !== null && (
        <label className="flex flex-col gap-1.5 text-sm font-medium">
          Result
          <textarea
            rows={4}
            value={result}
            onChange={(event) => setResult(event.target.value)}
            className="field-sizing-content max-h-72 min-h-24 resize-none rounded-lg border border-line-control bg-surface px-3 py-2 text-base font-normal sm:text-sm"
          />
          <span className="flex flex-wrap gap-2">
            <Button size="small" onClick={() => setResult(textOf(mine))}>
              Start from yours
            </Button>
            <Button size="small" onClick={() => setResult(textOf(theirs))}>
              Start from theirs
            </Button>
          </span>
        </label>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={keepTheirs}>{theirs === null ? 'Leave it deleted' : 'Keep theirs'}</Button>
        {mine === null ? (
          <Button variant="destructive" onClick={decide(() => outbox.resolve(entry.id, null))}>
            Delete it all the same
          </Button>
        ) : theirs !== null ? (
          <Button type="submit" variant="primary" disabled={result.trim() === ''}>
            Save the result
          </Button>
        ) : (
          entry.resource === 'message' && (
            <Button
              variant="primary"
              onClick={decide(() => {
                const { channel, resource } = entry
                outbox.add({ channel, op: 'create', resource, data: { body: textOf(mine) } })
                outbox.discard(entry.id)
              })}
            >
              Send it as a new message
            </Button>
          )
        )}
      </div>
    </form>
  )
}

function Version({ name, text, unknown }: { name: string; text: string | undefined; unknown: string }) {
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-1">
      <h3 className="text-xs font-semibold text-ink-soft">{name}</h3>
      <p className="max-h-48 overflow-y-auto rounded-lg border border-line bg-surface p-2 text-sm break-words whitespace-pre-wrap">
        {text ?? <em className="text-ink-soft">{unknown}</em>}
      </p>
    </section>
  )
}
