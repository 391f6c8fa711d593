import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, CheckCheck, RotateCcw, Trash2 } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { ContentComment } from '@/api/types'
import { Badge } from '@/components/Badge'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { IconButton } from '@/components/IconButton'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { deleteComment, resolveComment } from './api'
import { putComment } from './changes'
import { Author, Quote } from './ItemComments'
import type { NameOf } from './people'

interface OpenCommentProps {
  comment: ContentComment
  nameOf: NameOf
  mayWrite: boolean
  mayDelete: boolean
  /** Another number asks for the focus. */
  asked: number
  onBack: () => void
  /** Its thread. */
  children: ReactNode
}

/** One comment with all that is said about it. Give it the comment's id as its key. */
export function OpenComment({ comment, nameOf, mayWrite, mayDelete, asked, onBack, children }: OpenCommentProps) {
  const cache = useQueryClient()
  const back = useRef<HTMLButtonElement>(null)
  const [isDeleting, setDeleting] = useState(false)
  const { id, contentId, resolved, resolvedBy } = comment

  useEffect(() => {
    // What led here may have had the focus and be gone; who came from the text by the pointer stays there.
    if (asked > 0 || document.activeElement === document.body) back.current?.focus()
  }, [asked])

  /** Shown at once, and taken back when the server refuses. */
  const settle = async () => {
    const show = (data: ContentComment) => putComment(cache, contentId, { op: 'update', resourceId: id, data })
    show({ ...comment, resolved: !resolved })
    try {
      show(await resolveComment(id, !resolved))
    } catch (failure) {
      show(comment)
      toast({ tone: 'danger', message: `Not ${resolved ? 'reopened' : 'resolved'}. ${describe(failure)}` })
    }
  }

  const remove = async () => {
    await deleteComment(id)
    putComment(cache, contentId, { op: 'delete', resourceId: id, data: comment })
    onBack()
  }

  return (
    <section aria-label="Comment" className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-col gap-2 border-b border-line p-4 pt-2 text-sm">
        <div className="-mx-2 flex items-center gap-1">
          <Button ref={back} size="small" variant="quiet" onClick={onBack}>
            <ArrowLeft aria-hidden className="size-3.5" />
            All comments
          </Button>
          <span className="flex-1" />
          {mayWrite && (
            <Button size="small" variant="quiet" onClick={() => void settle()}>
              {resolved ? (
                <RotateCcw aria-hidden className="size-3.5" />
              ) : (
                <CheckCheck aria-hidden className="size-3.5" />
              )}
              {resolved ? 'Reopen' : 'Resolve'}
            </Button>
          )}
          {mayDelete && (
            <IconButton icon={Trash2} label="Delete comment" size="small" onClick={() => setDeleting(true)} />
          )}
        </div>
        <Author comment={comment} nameOf={nameOf} />
        <Quote comment={comment} />
        {resolved && (
          <span className="flex">
            <Badge tone="success" icon={CheckCheck}>
              {resolvedBy === null ? 'Resolved' : `Resolved by ${nameOf(resolvedBy)}`}
            </Badge>
          </span>
        )}
      </div>
      {children}
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Delete this comment?"
        confirm="Delete comment"
        dangerous
        onConfirm={remove}
      >
        It goes for everybody, for good, with all that was said about it. Resolving keeps it.
      </ConfirmDialog>
    </section>
  )
}
