import { Paperclip } from 'lucide-react'
import { memo, useState, type ReactNode } from 'react'
import type { Attachment, Message } from '@/api/types'
import { Avatar } from '@/components/Avatar'
import { cx } from '@/components/cx'
import { mentionedIn, readable } from '@/lib/mentions'
import { isOnItsWay, type Outgoing } from '@/lib/outbox'
import { ChangeState } from './ChangeState'
import { MessageActions, type MessageAction } from './MessageActions'
import { MessageBody } from './MessageBody'
import { MessageEditor } from './MessageEditor'
import { Quote } from './Quote'
import { Reactions } from './Reactions'
import { exactTimeOf, timeOf } from './times'

export interface Author {
  id: string
  name: string
}

interface RowProps {
  author: Author
  at: number | string
  /** Continues the message above: no name, and the time only under the pointer. */
  isContinued: boolean
  isPending?: boolean
  children: ReactNode
}

function Row({ author, at, isContinued, isPending = false, children }: RowProps) {
  return (
    <div className={cx('flex gap-3 px-4 max-sm:gap-2.5 max-sm:px-3', isContinued ? 'py-0.5' : 'pt-2.5 pb-0.5')}>
      <div className="flex w-9 shrink-0 justify-center">
        {isContinued ? (
          <time
            dateTime={new Date(at).toISOString()}
            title={exactTimeOf(at)}
            className="pt-1 text-2xs whitespace-nowrap text-ink-soft opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"
          >
            {timeOf(at)}
          </time>
        ) : (
          <Avatar id={author.id} name={author.name} />
        )}
      </div>
      <div className="min-w-0 flex-1">
        {isContinued ? (
          <span className="sr-only">{author.name}: </span>
        ) : (
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="text-sm font-semibold">{author.name}</span>
            <time dateTime={new Date(at).toISOString()} title={exactTimeOf(at)} className="text-xs text-ink-soft">
              {timeOf(at)}
            </time>
          </p>
        )}
        <div className={cx(isPending && 'text-ink-soft')}>{children}</div>
      </div>
    </div>
  )
}

interface MessageRowProps {
  message: Message
  /** What this person wants done with it, until it is done. */
  change: Outgoing | undefined
  author: Author
  isContinued: boolean
  /** A link leads here. */
  isLinked: boolean
  isEditing: boolean
  /** Under the pointer or in focus: then it shows what can be done with it. */
  isActive: boolean
  /** The one message that Tab reaches; arrow keys lead to the others. */
  isTabStop: boolean
  mayWrite: boolean
  mayEdit: boolean
  mayDelete: boolean
  authorOf: (userId: string | null) => Author
  /** Whose reactions stand out. */
  me: string
  onAction: (action: MessageAction, message: Message) => void
  onReact: (message: Message, emoji: string) => void
  onEdited: (message: Message, body: string | undefined) => void
  onJump: (version: number) => void
  showAttachments: (attachments: readonly Attachment[]) => ReactNode
}

export const MessageRow = memo(function MessageRow({
  message,
  change,
  author,
  isContinued,
  isLinked,
  isEditing,
  isActive,
  isTabStop,
  mayWrite,
  mayEdit,
  mayDelete,
  authorOf,
  me,
  onAction,
  onReact,
  onEdited,
  onJump,
  showAttachments,
}: MessageRowProps) {
  // A menu may outlive the pointer that opened it.
  const [isMenuOpen, setMenuOpen] = useState(false)
  return (
    <article
      data-message
      data-id={message.id}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={`${author.name}, ${exactTimeOf(message.createdAt)}`}
      className={cx(
        'group relative -outline-offset-2 hover:bg-hover',
        message.authorId !== me &&
          mentionedIn(message.body).includes(me) &&
          'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-warning',
        isLinked && 'animate-flash bg-selected hover:bg-selected',
      )}
    >
      <Row
        author={author}
        at={message.createdAt}
        isContinued={isContinued}
        isPending={change !== undefined && isOnItsWay(change)}
      >
        {message.replyTo !== null && (
          <Quote id={message.replyTo} threadId={message.threadId} authorOf={authorOf} onJump={onJump} />
        )}
        {isEditing ? (
          <MessageEditor body={readable(message.body)} onDone={(body) => onEdited(message, body)} />
        ) : (
          message.body !== '' && <MessageBody text={message.body} editedAt={message.editedAt} />
        )}
        {message.attachments.length > 0 && showAttachments(message.attachments)}
        {change && <ChangeState change={change} />}
        <Reactions message={message} me={me} mayWrite={mayWrite} authorOf={authorOf} onReact={onReact} />
      </Row>
      {(isActive || isMenuOpen) && !isEditing && (
        <MessageActions
          message={message}
          mayWrite={mayWrite}
          mayEdit={mayEdit}
          mayDelete={mayDelete}
          onAction={onAction}
          onReact={onReact}
          onMenu={setMenuOpen}
        />
      )}
    </article>
  )
})

interface OutgoingRowProps {
  outgoing: Outgoing
  author: Author
  isContinued: boolean
}

/** A message that the server has not taken yet: pending, or refused with the reason and what to do. */
export function OutgoingRow({ outgoing, author, isContinued }: OutgoingRowProps) {
  return (
    <article data-message aria-label={`${author.name}, not sent yet`} className="group">
      <Row author={author} at={outgoing.writtenAt} isContinued={isContinued} isPending={isOnItsWay(outgoing)}>
        <MessageBody text={String(outgoing.data.body)} />
        {Array.isArray(outgoing.data.attachments) && (
          <p className="flex items-center gap-1.5 text-sm">
            <Paperclip aria-hidden className="size-3.5" />
            {outgoing.data.attachments.length === 1 ? '1 file' : `${outgoing.data.attachments.length} files`}
          </p>
        )}
        <ChangeState change={outgoing} />
      </Row>
    </article>
  )
}
