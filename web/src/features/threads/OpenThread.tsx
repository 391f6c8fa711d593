import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { Archive, MessageCircle } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Message, Thread } from '@/api/types'
import { Button } from '@/components/Button'
import { ConfirmDialog } from '@/components/ConfirmDialog'
import { describe } from '@/components/problem-form'
import { State } from '@/components/State'
import { toast } from '@/components/toasts'
import { readable, withMentions } from '@/lib/mentions'
import type { Outgoing } from '@/lib/outbox'
import { outbox } from '@/lib/client'
import { deleteMessage, editMessage, historyOf, messageWith, sendMessage } from './api'
import { Composer, type ComposerHandle } from './Composer'
import { unreadAfter, type History } from './history'
import type { MessageAction } from './MessageActions'
import { MessageList } from './MessageList'
import { wasJustMade } from './just-made'
import { excerptOf } from './messages'
import { hold, type Place } from './opening'
import { beginningOf, changesOf, type Beginning } from './pending'
import { archive, toggleReaction } from './thread-actions'
import type { ThreadViewProps } from './ThreadView'
import { TypingLine } from './TypingLine'
import { useMessageKeys } from './use-message-keys'
import { useReadMarker } from './use-read-marker'
import { useUnreadLine } from './use-unread-line'

interface OpenThreadProps extends ThreadViewProps {
  thread: Thread | undefined
  history: History
  outgoing: readonly Outgoing[]
  opening: Place
  isExtending: boolean
  onExtend: (towards: 'older' | 'newer') => void
  onTrim: (at: 'start' | 'end') => void
}

/** A thread's messages and the place to write: where its reader is, what he edits, and what he does with messages. */
export function OpenThread(props: OpenThreadProps) {
  const {
    threadId,
    workspaceId,
    link,
    me,
    people,
    authorOf,
    mayWrite,
    mayModerate,
    files,
    inserts,
    showAttachments,
    onUnlink,
  } = props
  const { thread, history, outgoing, opening, isExtending, onExtend, onTrim } = props
  const cache = useQueryClient()
  const composer = useRef<ComposerHandle>(null)
  const { seen, markUnreadFrom } = useReadMarker(threadId, thread?.readTo)
  const { place, visit, jump } = usePlace(threadId, opening)
  const [unreadFrom, setUnreadFrom] = useUnreadLine(history, me.id, opening)
  const [editing, setEditing] = useState<string>()
  const [deleting, setDeleting] = useState<Message>()
  const asked = useRef<{ id: string; isDeleted: boolean }>(undefined)
  /** Of the message that is edited or deleted now. */
  const begun = useRef<Beginning>({})
  const mayAct = mayWrite && thread?.archived !== true

  useEffect(() => {
    if (opening.isGone === true) toast({ message: 'That message is not there any more.' })
  }, [opening])

  const goTo = useCallback(
    (to: Place) => {
      // The address would lead back there at the next reload.
      if (to.at === 'end' && link !== undefined) onUnlink()
      void jump(to)
    },
    [jump, link, onUnlink],
  )

  const edit = useCallback(
    (id: string) => {
      begun.current = asShown(cache, threadId, id)
      setEditing(id)
    },
    [cache, threadId],
  )

  const act = useCallback(
    (action: MessageAction, message: Message) => {
      switch (action) {
        case 'reply':
          composer.current?.replyTo(message)
          return
        case 'edit':
          edit(message.id)
          return
        case 'delete':
          asked.current = { id: message.id, isDeleted: false }
          begun.current = asShown(cache, threadId, message.id)
          setDeleting(message)
          return
        case 'copy-link':
          void copy(`${location.origin}/w/${workspaceId}/t/${threadId}?m=${message.version}`, 'The link is copied.')
          return
        case 'copy-text':
          void copy(readable(message.body), 'The text is copied.')
          return
        case 'mark-unread':
          if (!isOthersFrom(cache, threadId, message.version, me.id)) {
            toast({ message: 'Nobody else has written anything from there on.' })
            return
          }
          markUnreadFrom(message.version)
          setUnreadFrom(message.version)
          toast({ message: 'Unread from here on, until you open this thread again.' })
      }
    },
    [cache, edit, markUnreadFrom, setUnreadFrom, threadId, workspaceId, me.id],
  )

  const finishEdit = useCallback(
    (message: Message, body: string | undefined) => {
      setEditing(undefined)
      composer.current?.focus()
      if (body !== undefined) void editMessage(message, withMentions(body, people), begun.current)
    },
    [people],
  )

  const editLast = () => {
    const own = history.messages.findLast(({ authorId }) => authorId === me.id)
    if (own) edit(own.id)
  }

  const toReact = useCallback((message: Message, emoji: string) => toggleReaction(message, emoji, me.id), [me.id])
  const mentionable = useMemo(() => {
    const others = thread?.participants ?? undefined
    return people.filter(({ id }) => id !== me.id && (others === undefined || others.includes(id)))
  }, [people, thread?.participants, me.id])

  useMessageKeys(history, act, { me: me.id, mayWrite: mayAct })

  useEffect(() => {
    if (wasJustMade(threadId)) composer.current?.focus()
  }, [threadId])

  return (
    <>
      {history.messages.length === 0 && outgoing.length === 0 ? (
        <div className="min-h-0 flex-1">
          <State icon={MessageCircle} title="Nothing said yet">
            {mayWrite
              ? 'Write the first message: everybody in this thread sees it at once.'
              : 'Messages appear here as soon as somebody writes one.'}
          </State>
        </div>
      ) : (
        <MessageList
          key={visit}
          history={history}
          outgoing={outgoing}
          place={place}
          unreadFrom={unreadFrom}
          unread={thread?.unread ?? 0}
          me={me}
          authorOf={authorOf}
          mayWrite={mayAct}
          mayModerate={mayModerate}
          editing={editing}
          isLoading={isExtending}
          onExtend={onExtend}
          onTrim={onTrim}
          onSeen={seen}
          onJump={goTo}
          onAction={act}
          onReact={toReact}
          onEdited={finishEdit}
          showAttachments={showAttachments}
        />
      )}
      <TypingLine threadId={threadId} me={me.id} authorOf={authorOf} />
      {mayAct ? (
        <Composer
          ref={composer}
          threadId={threadId}
          workspaceId={workspaceId}
          people={mentionable}
          authorOf={authorOf}
          messageOf={(id) =>
            history.messages.find((message) => message.id === id) ?? cache.getQueryData(messageWith(id).queryKey)
          }
          files={files}
          inserts={inserts}
          onSend={(body, replyTo, attachments) => void sendMessage(threadId, body, replyTo, attachments)}
          onEditLast={editLast}
        />
      ) : (
        <ReadOnly thread={thread} mayWrite={mayWrite} />
      )}
      <ConfirmDialog
        open={deleting !== undefined}
        onOpenChange={() => setDeleting(undefined)}
        title="Delete this message?"
        confirm="Delete message"
        dangerous
        onConfirm={async () => {
          if (!deleting) return
          await deleteMessage(deleting, begun.current)
          asked.current = { id: deleting.id, isDeleted: true }
        }}
        onClosed={(event) => {
          // What opened the question was in a menu that is closed by now.
          event.preventDefault()
          if (asked.current?.isDeleted === true) composer.current?.focus()
          else document.querySelector<HTMLElement>(`[data-message][data-id="${asked.current?.id}"]`)?.focus()
        }}
      >
        {deleting?.body === '' ? 'It' : `“${excerptOf(deleting?.body ?? '')}”`} goes for everybody, for good.
      </ConfirmDialog>
    </>
  )
}

function asShown(cache: QueryClient, threadId: string, id: string): Beginning {
  const held = cache.getQueryData(historyOf(threadId).queryKey)?.messages.find((message) => message.id === id)
  return beginningOf(held, changesOf(outbox.entries.get()).get(id))
}

/** Only what others have written can be unread. What is not held here may be theirs. */
function isOthersFrom(cache: QueryClient, threadId: string, version: number, me: string): boolean {
  return unreadAfter(cache.getQueryData(historyOf(threadId).queryKey), version - 1, me) !== 0
}

function ReadOnly({ thread, mayWrite }: { thread: Thread | undefined; mayWrite: boolean }) {
  return (
    <div className="flex flex-wrap items-center justify-center gap-3 border-t border-line p-3 text-sm text-ink-soft">
      {mayWrite && thread ? (
        <>
          <p className="flex items-center gap-2">
            <Archive aria-hidden className="size-4" />
            This thread is archived: it can be read, but not written in.
          </p>
          <Button size="small" onClick={() => archive(thread)}>
            Bring it back
          </Button>
        </>
      ) : (
        <p>You can read this workspace, but not write in it.</p>
      )}
    </div>
  )
}

interface CurrentPlace {
  place: Place
  /** Another number is another list. */
  visit: number
  jump: (to: Place) => Promise<void>
}

/** Where the reader was taken last: by opening the thread, by the address, or by a jump within it. */
function usePlace(threadId: string, opening: Place): CurrentPlace {
  const cache = useQueryClient()
  const [current, setCurrent] = useState({ opening, place: opening, visit: 0 })
  if (current.opening !== opening) setCurrent({ opening, place: opening, visit: current.visit + 1 })

  const jump = useCallback(
    async (to: Place) => {
      try {
        await hold(cache, threadId, to)
        setCurrent((known) => ({ ...known, place: to, visit: known.visit + 1 }))
      } catch (error) {
        toast({ tone: 'danger', message: `That part of the thread could not be loaded. ${describe(error)}` })
      }
    },
    [cache, threadId],
  )
  return { place: current.place, visit: current.visit, jump }
}

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ tone: 'success', message: done })
  } catch {
    // Pages without https have no clipboard, and people may forbid it.
    toast({ tone: 'danger', message: `This browser does not let it be copied: ${excerptOf(text, 200)}` })
  }
}
