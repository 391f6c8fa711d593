import { EditorView } from '@codemirror/view'
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { LoadingState } from '@/components/LoadingState'
import { OfflineState } from '@/components/OfflineState'
import { Notice } from '@/components/Notice'
import { toast } from '@/components/toasts'
import { documents, realtime } from '@/lib/client'
import { DocumentSession } from '@/lib/documents/document-session'
import { useCommands } from '@/lib/react/use-commands'
import { useStore } from '@/lib/react/use-store'
import { Store } from '@/lib/store'
import { bind } from './binding'
import { commentAtCursor, placeOfComment, setCommentMarks } from './comment-marks'
import { EditorBar } from './EditorBar'
import { editorExtensions } from './extensions'
import { insertImage } from './formatting'
import { bringPictures } from './picture-uploads'
import { Refusal } from './Refusal'
import { SaveState } from './SaveState'
import type { CommentPlace, DocumentEditorProps, ImageActions } from './types'
import './editor.css'

/** The text of an item, written together (CO-2). */
export function DocumentEditor(props: DocumentEditorProps) {
  const session = useSession(props.itemId)
  return session ? <Opened key={props.itemId} session={session} {...props} /> : <Opening />
}

/** A hold on the document for as long as it is on screen. */
function useSession(itemId: string): DocumentSession | undefined {
  const [held] = useState(() => new Store<DocumentSession | undefined>(undefined))
  useEffect(() => {
    const session = new DocumentSession(itemId, documents.ports)
    held.set(session)
    void session.start()
    return () => {
      held.set(undefined)
      void session.close()
    }
  }, [held, itemId])
  const session = useStore(held)
  return session?.itemId === itemId ? session : undefined
}

const Opening = () => <LoadingState label="Loading the text" rows={8} />

function Opened({ session, ...props }: DocumentEditorProps & { session: DocumentSession }) {
  const { phase, problem } = useStore(session.state)
  const isConnected = useStore(realtime.state).status === 'connected'
  const [hasText, setHasText] = useState(phase === 'open')
  if (phase === 'open' && !hasText) setHasText(true)
  return (
    <>
      <Refusal session={session} />
      {phase === 'closed' && <Notice tone="warning">{problem?.message ?? 'This text is not available.'}</Notice>}
      {/* A text that was there stays to be read and copied. */}
      {hasText ? (
        <Surface session={session} {...props} mayWrite={props.mayWrite && phase === 'open'} />
      ) : phase === 'opening' ? (
        isConnected ? (
          <Opening />
        ) : (
          <OfflineState />
        )
      ) : null}
    </>
  )
}

function Surface({ session, ...props }: DocumentEditorProps & { session: DocumentSession }) {
  const { label, mayWrite, nameOf, comments, currentComment, onOpenComment, onComment, images } = props
  const parent = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<EditorView>()
  const hintId = useId()
  const name = useEffectEvent(nameOf)
  const openComment = useEffectEvent((id: string) => onOpenComment?.(id, false))
  const findPicture = useEffectEvent((source: string) => images?.addressOf(source))
  const chooseImage = useEffectEvent((on: EditorView) => images && chooseNow(images, on))
  const takeFiles = useEffectEvent((on: EditorView, files: readonly File[], at: number) => {
    const pictures = files.filter(({ type }) => type.startsWith('image/'))
    if (pictures.length === 0 || !images || on.state.readOnly) return false
    bringPictures(on, pictures, at, images.upload)
    return true
  })
  const hasImages = images !== undefined

  useEffect(() => {
    if (!parent.current) return
    const { view: made, leave } = bind(
      session,
      parent.current,
      editorExtensions({
        label,
        hintId,
        mayWrite,
        findPicture: (source) => findPicture(source),
        onImage: hasImages ? (on) => chooseImage(on) : undefined,
        onFiles: (on, files, at) => takeFiles(on, files, at),
        onOpenComment: (id) => openComment(id),
      }),
      (userId) => name(userId),
    )
    setView(made)
    return () => {
      setView(undefined)
      leave()
    }
  }, [session, label, hintId, mayWrite, hasImages])

  useCommentMarks(session, view, comments, currentComment)

  const comment =
    onComment &&
    (async (on: EditorView) => {
      if (on.state.selection.main.empty) {
        const there = commentAtCursor(on.state)
        if (there !== undefined) onOpenComment?.(there, true)
        else toast({ tone: 'info', message: 'Select what your comment is about first.' })
        return
      }
      if (!session.state.get().isConfirmed && realtime.state.get().status !== 'connected') {
        toast({
          tone: 'info',
          message: 'Comments follow once you are connected: the server does not know this text yet.',
        })
        return
      }
      // A comment's place is one that the server knows.
      await session.confirmed()
      const { from, to } = on.state.selection.main
      const place = session.toldPlace(from, to)
      if (place) onComment({ ...place, quote: on.state.sliceDoc(from, to) })
    })
  useCommands(
    comment && mayWrite && view
      ? [
          {
            id: 'document.comment',
            title: 'Comment on the selection',
            section: 'Text',
            keys: ['Mod+Alt+M'],
            run: () => void comment(view),
          },
        ]
      : [],
  )

  return (
    <div className="document-editor flex flex-col">
      <EditorBar
        view={view}
        mayWrite={mayWrite}
        onImage={images && ((on) => chooseNow(images, on))}
        onComment={comment && ((on) => void comment(on))}
      >
        <SaveState session={session} mayWrite={mayWrite} />
      </EditorBar>
      <p id={hintId} className="sr-only">
        {mayWrite
          ? 'Markdown. A slash opens a menu of what can be put in. In a list Tab indents; press Escape, then Tab, to leave the text.'
          : 'You may read this text and see live what others change.'}
      </p>
      <div ref={parent} />
    </div>
  )
}

/** Marks what is commented, and shows the comment that is open. */
function useCommentMarks(
  session: DocumentSession,
  view: EditorView | undefined,
  comments: readonly CommentPlace[] | undefined,
  current: string | undefined,
): void {
  useEffect(() => {
    if (!view) return
    const mark = () => {
      const placed = (comments ?? []).map(({ id, document, from, to }) => ({
        id,
        place: session.placeOf(document, from, to),
        isCurrent: id === current,
      }))
      view.dispatch({ effects: setCommentMarks.of(placed) })
      return placed.every(({ place }) => place)
    }
    if (mark()) return
    let isHere = true
    // The list of comments came before the steps of the text that it is about.
    const leave = session.follow({
      changed: () =>
        queueMicrotask(() => {
          if (isHere && mark()) leave()
        }),
    })
    return () => {
      isHere = false
      leave()
    }
  }, [view, session, comments, current])

  const shown = useRef<string>(undefined)
  useEffect(() => {
    if (current === undefined) shown.current = undefined
    if (!view || current === undefined || current === shown.current) return
    const place = placeOfComment(view.state, current)
    if (!place) return
    shown.current = current
    view.dispatch({ effects: EditorView.scrollIntoView(place.from, { y: 'nearest', yMargin: 80 }) })
  }, [view, current, comments])
}

function chooseNow(images: ImageActions, on: EditorView): void {
  images.choose((chosen) => {
    on.focus()
    if (!chosen) return
    if ('source' in chosen) insertImage(on, chosen)
    else bringPictures(on, chosen, on.state.selection.main.to, images.upload)
  })
}
