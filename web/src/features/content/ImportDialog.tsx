import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, FileUp, LoaderCircle, RotateCw } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { Dialog } from '@/components/Dialog'
import { IconButton } from '@/components/IconButton'
import { useDroppedFiles } from '@/lib/react/use-dropped-files'
import { useStore } from '@/lib/react/use-store'
import { IMPORTED } from './markdown-files'
import { importing } from './importing'
import { useImport, type Import } from './use-import'

const close = () => importing.set(undefined)

/** Makes items of files of Markdown. */
export function ImportDialog({ workspaceId }: { workspaceId: string }) {
  const dropped = useStore(importing)
  return (
    <Dialog
      open={dropped !== undefined}
      onOpenChange={close}
      title="Import Markdown"
      description="Each file becomes a draft. Front matter with a title, kind, labels or tags, and planned date is understood; a .zip brings its media along."
    >
      {dropped && <Files workspaceId={workspaceId} dropped={dropped} />}
    </Dialog>
  )
}

function Files({ workspaceId, dropped }: { workspaceId: string; dropped: readonly File[] }) {
  const { list, add, retry } = useImport(workspaceId)
  const field = useRef<HTMLInputElement>(null)
  const place = useRef<HTMLDivElement>(null)
  const isOver = useDroppedFiles(place, add)
  const take = useEffectEvent(add)
  useEffect(() => {
    if (dropped.length > 0) take(dropped)
  }, [dropped])
  const isDone = list.length > 0 && list.every(({ item, error }) => item ?? error)
  const failed = list.filter(({ error }) => error !== undefined).length

  return (
    <div ref={place} className="flex flex-col gap-4">
      <div
        className={cx(
          'flex flex-col items-center gap-3 rounded-xl border border-dashed p-5 text-sm text-ink-soft',
          isOver ? 'border-accent-ink bg-selected' : 'border-line-control',
        )}
      >
        <p className="text-center text-pretty max-md:hidden">Drop files here, or</p>
        <Button onClick={() => field.current?.click()}>
          <FileUp aria-hidden className="size-4" />
          Choose files
        </Button>
        <input
          ref={field}
          type="file"
          multiple
          hidden
          accept={IMPORTED}
          onChange={({ target }) => {
            add([...(target.files ?? [])])
            // The same one again is another choice.
            target.value = ''
          }}
        />
      </div>
      {list.length > 0 && (
        <ul aria-label="Files" className="flex max-h-[40vh] flex-col gap-1 overflow-y-auto">
          {list.map((one) => (
            <Row key={one.id} one={one} onRetry={() => retry(one.id)} />
          ))}
        </ul>
      )}
      <p role="status" className="sr-only">
        {isDone && `${list.length - failed} imported${failed > 0 ? `, ${failed} not` : ''}.`}
      </p>
      {isDone && (
        <Button onClick={close} className="self-end">
          Done
        </Button>
      )}
    </div>
  )
}

function Row({ one: { name, item, error, mayRetry }, onRetry }: { one: Import; onRetry: () => void }) {
  return (
    <li className="flex items-start gap-2.5 rounded-lg px-2 py-1.5 text-sm">
      {item ? (
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-success" />
      ) : error !== undefined ? (
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      ) : (
        <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-spin text-ink-soft" />
      )}
      <span className="flex min-w-0 flex-1 flex-col">
        {item ? (
          <Link
            to="/w/$workspaceId/c/$itemId"
            params={{ workspaceId: item.workspaceId, itemId: item.id }}
            onClick={close}
            className="truncate font-medium text-accent-ink underline underline-offset-2"
          >
            {item.title}
          </Link>
        ) : (
          <span className="truncate font-medium">{name}</span>
        )}
        <span className={cx('text-xs wrap-anywhere', error === undefined ? 'truncate text-ink-soft' : 'text-danger')}>
          {error ?? (item ? name : 'On its way')}
        </span>
      </span>
      {mayRetry === true && <IconButton icon={RotateCw} label={`Try ${name} again`} size="small" onClick={onRetry} />}
    </li>
  )
}
