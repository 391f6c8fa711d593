import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { ContentItem } from '@/api/types'
import { Button } from '@/components/Button'
import { Dialog } from '@/components/Dialog'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { Problem } from '@/lib/problem'
import { approve, freshItem } from './api'
import { putItem } from './changes'
import { nameOfPlatform } from './counts'
import { useContentFiles, useFileNames } from './files'
import { mediaOf } from './media'
import { plainOf } from './plain'
import { useIsUnsent } from './use-content'
import { nameOfKind } from './words'

const Difference = lazy(() => import('./Difference').then((module) => ({ default: module.Difference })))

interface ApproveDialogProps {
  /** Absent while nothing is to be approved. */
  itemId: string | undefined
  onClose: () => void
}

/** Shows exactly what is approved. Whatever anybody changes meanwhile is shown before it can be approved too. */
export function ApproveDialog({ itemId, onClose }: ApproveDialogProps) {
  return (
    <Dialog
      open={itemId !== undefined}
      onOpenChange={onClose}
      title="Approve this?"
      description="The approval is for exactly what is shown here. Any change of it makes it a draft again."
      size="wide"
      onClosed={(event) => {
        // On the board the card takes it, wherever it is by then.
        if (document.activeElement !== document.body) event.preventDefault()
      }}
    >
      {itemId !== undefined && <Approval itemId={itemId} onClose={onClose} />}
    </Dialog>
  )
}

function Approval({ itemId, onClose }: { itemId: string; onClose: () => void }) {
  const cache = useQueryClient()
  const [shown, setShown] = useState<ContentItem>()
  /** What was shown before somebody changed it. */
  const [before, setBefore] = useState<ContentItem>()
  const [failure, setFailure] = useState<unknown>()
  const [isBusy, setIsBusy] = useState(false)
  const [attempt, setAttempt] = useState(0)
  // What was asked for here just now, such as the review, is part of it once the server has it.
  const isUnsent = useIsUnsent(itemId)
  const names = useFileNames(before, shown)

  useEffect(() => {
    let isOver = false
    freshItem(itemId).then(
      (item) => !isOver && setShown(item),
      (error: unknown) => !isOver && setFailure(error),
    )
    return () => {
      isOver = true
    }
  }, [itemId, attempt, isUnsent])

  if (!shown)
    return failure === undefined ? (
      <LoadingState label="Loading what is to be approved" />
    ) : (
      <ErrorState
        error={failure}
        title="What is to be approved could not be loaded"
        onRetry={() => {
          setFailure(undefined)
          setAttempt(attempt + 1)
        }}
      />
    )

  const go = async () => {
    setIsBusy(true)
    setFailure(undefined)
    try {
      putItem(cache, await approve(itemId, shown.hash ?? ''))
      toast({ tone: 'success', message: `“${shown.title}” is approved.` })
      onClose()
    } catch (error) {
      if (error instanceof Problem && error.code === 'conflict') await lookAgain(error)
      else setFailure(error)
    } finally {
      setIsBusy(false)
    }
  }

  const lookAgain = async (conflict: Problem) => {
    try {
      const now = await freshItem(itemId)
      putItem(cache, now)
      if (now.hash === shown.hash) setFailure(conflict)
      else {
        setBefore(shown)
        setShown(now)
      }
    } catch (error) {
      setFailure(error)
    }
  }

  const isInReview = shown.status === 'in_review'
  return (
    <>
      {before && (
        <Notice tone="warning">
          Not approved: somebody changed it while you were reading. This is what is different now.
        </Notice>
      )}
      {before ? (
        <Suspense fallback={<LoadingState label="Loading the difference" />}>
          <Difference before={plainOf(before, names)} after={plainOf(shown, names)} label="What is different now" />
        </Suspense>
      ) : (
        <Preview item={shown} fileNames={names} />
      )}
      {!isInReview && (
        <Notice tone="info">It is not in review any more, and only what is in review can be approved.</Notice>
      )}
      {failure !== undefined && <Notice tone="danger">{describe(failure)}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" busy={isBusy} disabled={!isInReview} onClick={() => void go()}>
          {before ? 'Approve what it says now' : 'Approve'}
        </Button>
      </div>
    </>
  )
}

function Preview({ item, fileNames }: { item: ContentItem; fileNames: ReadonlyMap<string, string> }) {
  const { kind, title, body, variants } = item
  const media = mediaOf(item)
  return (
    <div
      role="region"
      aria-label="What is approved"
      tabIndex={0}
      className="flex max-h-[45vh] flex-col gap-3 overflow-y-auto rounded-lg border border-line bg-surface p-4 text-sm"
    >
      <p className="text-xs text-ink-soft">{nameOfKind(kind)}</p>
      <h3 className="text-base font-semibold wrap-anywhere">{title}</h3>
      <p className="wrap-anywhere whitespace-pre-wrap">
        {body == null || body === '' ? <em className="text-ink-soft">No text.</em> : body}
      </p>
      {variants.map(({ platform, text }) => (
        <section key={platform} aria-label={nameOfPlatform(platform)} className="border-t border-line pt-3">
          <h4 className="pb-1 text-xs font-semibold text-ink-soft">{nameOfPlatform(platform)}</h4>
          <p className="wrap-anywhere whitespace-pre-wrap">{text}</p>
        </section>
      ))}
      {media.length > 0 && (
        <ol aria-label="Media" className="flex flex-col gap-2 border-t border-line pt-3">
          {media.map(({ fileId, alt }) => (
            <ApprovedFile key={fileId} fileId={fileId} name={fileNames.get(fileId) ?? ''} alt={alt} />
          ))}
        </ol>
      )}
    </div>
  )
}

function ApprovedFile({ fileId, name, alt }: { fileId: string; name: string; alt: string }) {
  const { preview } = useContentFiles()
  return (
    <li className="flex items-start gap-3">
      {preview(fileId)}
      <span className="flex min-w-0 flex-col">
        <span className="text-xs wrap-anywhere text-ink-soft">{name}</span>
        <span className="wrap-anywhere">{alt === '' ? <em className="text-ink-soft">Only decorates.</em> : alt}</span>
      </span>
    </li>
  )
}
