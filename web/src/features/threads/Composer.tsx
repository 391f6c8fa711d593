import { Bold, Code, Italic, Link, SendHorizontal, X } from 'lucide-react'
import {
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type ComponentType,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import type { Message } from '@/api/types'
import { Button } from '@/components/Button'
import { cx } from '@/components/cx'
import { IconButton } from '@/components/IconButton'
import { Kbd } from '@/components/Kbd'
import { drafts } from '@/lib/client'
import type { Draft } from '@/lib/drafts'
import { matches, type Keys } from '@/lib/keys'
import { withMentions, type Mentionable } from '@/lib/mentions'
import { preferences } from '@/lib/preferences'
import { useDroppedFiles } from '@/lib/react/use-dropped-files'
import { useStore } from '@/lib/react/use-store'
import { formatted, replaceIn, type Format } from './formatting'
import { bytesLeft, excerptOf } from './messages'
import { MentionList } from './MentionList'
import type { Author } from './MessageRow'
import { sends } from './sending'
import { TooLong } from './TooLong'
import { typingIn } from './typing'
import { useMentioning } from './use-mentioning'

export interface ComposerHandle {
  focus: () => void
  replyTo: (message: Message) => void
}

/** Files that are to go with the message; who uploads them is another feature. */
export interface ComposerFiles {
  /** Those that are there. */
  ids: readonly string[]
  /** Some are still on their way, or did not make it: the message waits. */
  isBusy: boolean
  list: ReactNode
  button: ReactNode
  onFiles: (files: readonly File[]) => void
  /** They are the message's now. */
  onSent: () => void
}

/** Offers something to be put where one writes; `onInsert` puts it there, and the focus too. */
export type Inserts = ComponentType<{ workspaceId: string; onInsert: (text: string) => void }>

interface ComposerProps {
  threadId: string
  workspaceId: string
  ref?: Ref<ComposerHandle>
  authorOf: (userId: string | null) => Author
  /** The message that is answered, when it is known by id alone. */
  messageOf: (id: string) => Message | undefined
  /** Who can be mentioned here. */
  people: readonly Mentionable[]
  files: ComposerFiles
  /** More to put into the text, beside what the composer has itself. */
  inserts?: Inserts | undefined
  onSend: (body: string, replyTo: string | undefined, attachments: readonly string[]) => void
  /** Up in an empty field. */
  onEditLast: () => void
}

const formats: readonly { format: Format; icon: typeof Bold; label: string; keys: Keys }[] = [
  { format: 'bold', icon: Bold, label: 'Bold', keys: 'Mod+B' },
  { format: 'italic', icon: Italic, label: 'Italic', keys: 'Mod+I' },
  { format: 'code', icon: Code, label: 'Code', keys: 'Mod+E' },
  { format: 'link', icon: Link, label: 'Link', keys: 'Mod+Shift+K' },
]

/** Where one writes. What is not sent stays with its thread, and follows its person to other devices. */
export function Composer({
  threadId,
  workspaceId,
  ref,
  authorOf,
  messageOf,
  people,
  files,
  inserts: More,
  onSend,
  onEditLast,
}: ComposerProps) {
  const [draft, setDraft] = useDraft(threadId)
  const { enterSends } = useStore(preferences)
  const field = useRef<HTMLTextAreaElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const isOver = useDroppedFiles(form, files.onFiles)
  const { text } = draft
  const isTooLong = bytesLeft(text) < 0
  const isEmpty = text.trim() === '' && files.ids.length === 0
  const isBlocked = isEmpty || isTooLong || files.isBusy
  const answered = draft.replyTo === undefined ? undefined : messageOf(draft.replyTo)

  const mentioning = useMentioning(field, people)
  const [typing] = useState(() => typingIn(threadId))
  const isMentioning = mentioning.found.length > 0
  const suggested = mentioning.found[mentioning.current]

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    replyTo: ({ id }) => {
      setDraft({ text, replyTo: id })
      field.current?.focus()
    },
  }))

  const send = () => {
    if (isBlocked) return
    typing.sent()
    mentioning.close()
    onSend(withMentions(text.trim(), people), draft.replyTo, files.ids)
    files.onSent()
    // As a draft it is kept a moment longer: by then it is kept as a message.
    setDraft({ text: '' })
    field.current?.focus()
  }

  const format = (wanted: Format) => {
    const { current } = field
    if (!current) return
    const selected = { text: current.value, start: current.selectionStart, end: current.selectionEnd }
    replaceIn(current, formatted(selected, wanted))
  }

  const insert = (some: string) => {
    const { current } = field
    if (!current) return
    const { value, selectionStart: from, selectionEnd: to } = current
    // Apart from the words around it, or it is no address.
    const before = from > 0 && !/\s/.test(value[from - 1] ?? '') ? ' ' : ''
    const after = /^\s/.test(value.slice(to)) ? '' : ' '
    const end = from + before.length + some.length + 1
    replaceIn(current, { from, to, insert: `${before}${some}${after}`, select: [end, end] })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (mentioning.onKeyDown(event)) return
    if (sends(event, enterSends)) {
      event.preventDefault()
      send()
      return
    }
    const wanted = formats.find(({ keys }) => matches(event.nativeEvent, keys))
    if (wanted) {
      event.preventDefault()
      format(wanted.format)
    } else if (event.key === 'ArrowUp' && text === '' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      onEditLast()
    } else if (event.key === 'Escape' && draft.replyTo !== undefined) {
      event.preventDefault()
      setDraft({ text })
    }
  }

  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="shrink-0 px-4 pb-3 max-sm:px-2"
    >
      <div
        className={cx(
          'relative flex flex-col rounded-xl border bg-surface shadow-near focus-within:border-accent-ink',
          isOver ? 'border-accent-ink bg-selected' : 'border-line-control',
        )}
      >
        {draft.replyTo !== undefined && (
          <div className="flex items-center gap-2 border-b border-line py-1 pr-1 pl-3 text-xs text-ink-soft">
            <p className="min-w-0 flex-1 truncate">
              Reply to{' '}
              <span className="font-medium text-ink">{answered ? authorOf(answered.authorId).name : 'a message'}</span>
              {answered && ` · ${excerptOf(answered.body)}`}
            </p>
            <IconButton icon={X} label="Do not reply to it" size="small" onClick={() => setDraft({ text })} />
          </div>
        )}
        {isMentioning && (
          <MentionList
            id={mentioning.listId}
            people={mentioning.found}
            current={mentioning.current}
            onChoose={mentioning.choose}
          />
        )}
        <textarea
          ref={field}
          aria-label="Message"
          aria-autocomplete="list"
          aria-controls={isMentioning ? mentioning.listId : undefined}
          aria-activedescendant={suggested && `${mentioning.listId}-${suggested.id}`}
          placeholder="Write a message"
          rows={1}
          value={text}
          onChange={({ target }) => {
            setDraft({ ...draft, text: target.value })
            mentioning.look(target)
            if (target.value.trim() !== '') typing.typed()
          }}
          onSelect={({ currentTarget }) => mentioning.look(currentTarget)}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return
            event.preventDefault()
            files.onFiles([...event.clipboardData.files])
          }}
          onBlur={mentioning.close}
          onKeyDown={onKeyDown}
          enterKeyHint={enterSends ? 'send' : 'enter'}
          className="field-sizing-content max-h-[33vh] min-h-control resize-none bg-transparent px-3 pt-2.5 pb-1 text-base leading-relaxed placeholder:text-ink-soft focus-visible:outline-none sm:text-[0.9375rem]"
        />
        {files.list}
        {/* Beside a text there is less room than the window has. */}
        <div className="@container flex items-center gap-0.5 px-1.5 pb-1.5">
          {files.button}
          {formats.map(({ format: wanted, icon, label, keys }) => (
            <IconButton
              key={wanted}
              icon={icon}
              label={label}
              keys={keys}
              size="small"
              onClick={() => format(wanted)}
              // The selection must stay in the field.
              onPointerDown={(event) => event.preventDefault()}
            />
          ))}
          {More && <More workspaceId={workspaceId} onInsert={insert} />}
          <p className="ml-auto hidden items-center gap-1 px-2 text-xs text-ink-soft @md:flex">
            <Kbd keys={enterSends ? 'Enter' : 'Mod+Enter'} /> sends
          </p>
          <Button
            type="submit"
            variant="primary"
            size="icon"
            aria-label="Send"
            disabled={isBlocked}
            className="ml-auto @md:ml-0"
          >
            <SendHorizontal aria-hidden className="size-4" />
          </Button>
        </div>
      </div>
      <TooLong text={text} />
    </form>
  )
}

/** What is in the field is the thread's draft, on all devices: what is written elsewhere comes in, and what is written here is kept. */
function useDraft(threadId: string) {
  const [draft, setDraft] = useState(() => drafts.of(threadId))
  useEffect(() => drafts.follow(threadId, setDraft), [threadId])
  useEffect(() => () => void drafts.settle(threadId), [threadId])
  const change = (changed: Draft) => {
    drafts.keep(threadId, changed)
    setDraft(changed)
  }
  return [draft, change] as const
}
