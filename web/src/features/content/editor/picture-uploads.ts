import { StateEffect, StateField, type EditorState, type Extension, type Range } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, WidgetType, type DecorationSet } from '@codemirror/view'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { imageChange } from './formatting'
import type { ImageActions, UploadState } from './types'

/** Pictures on their way into the text: each keeps its place while it is uploaded, whatever is written around it meanwhile. */

interface Upload extends UploadState {
  /** Counts up in the order in which they stand at one place. */
  id: number
  name: string
  at: number
  stop: () => void
}

const begun = StateEffect.define<Upload>({
  map: (upload, changes) => ({ ...upload, at: changes.mapPos(upload.at, -1) }),
})
const progressed = StateEffect.define<UploadState & { id: number }>()
const ended = StateEffect.define<number>()

export const pictureUploads = StateField.define<readonly Upload[]>({
  create: () => [],
  update(known, { changes, docChanged, effects }) {
    const gone = effects.find((effect) => effect.is(ended))?.value
    let next = known
    if (docChanged)
      // What is written at the place goes behind it; of pictures at one place the first stays the first.
      next = next.map((one) => ({
        ...one,
        at: changes.mapPos(one.at, gone !== undefined && one.id > gone ? 1 : -1),
      }))
    for (const effect of effects) {
      if (effect.is(begun)) next = [...next, effect.value]
      else if (effect.is(ended)) next = next.filter(({ id }) => id !== effect.value)
      else if (effect.is(progressed))
        next = next.map((one) => (one.id === effect.value.id ? { ...one, ...effect.value } : one))
    }
    return next
  },
  provide: (field) => EditorView.decorations.from(field, decorated),
})

function decorated(uploads: readonly Upload[]): DecorationSet {
  const places = uploads.map((upload): Range<Decoration> =>
    Decoration.widget({ widget: new Place(upload), side: 1 }).range(upload.at),
  )
  return Decoration.set(places, true)
}

class Place extends WidgetType {
  readonly upload: Upload

  constructor(upload: Upload) {
    super()
    this.upload = upload
  }

  override eq({ upload }: Place): boolean {
    const { id, percent, isWaiting } = this.upload
    return upload.id === id && upload.percent === percent && upload.isWaiting === isWaiting
  }

  toDOM(): HTMLElement {
    const { name, stop } = this.upload
    const place = document.createElement('span')
    place.className = 'cm-upload'
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = '×'
    button.setAttribute('aria-label', `Stop uploading ${name}`)
    button.onclick = stop
    place.append(document.createElement('span'), button)
    this.updateDOM(place)
    return place
  }

  override updateDOM(place: HTMLElement): boolean {
    if (place.firstElementChild) place.firstElementChild.textContent = wordsOf(this.upload)
    return true
  }

  override ignoreEvent(): boolean {
    return true
  }
}

export function wordsOf({ name, percent, isWaiting }: Pick<Upload, 'name' | keyof UploadState>): string {
  if (isWaiting) return `${name} waits for the connection`
  return percent === 100 ? `${name} is being checked` : `Uploading ${name}, ${percent} %`
}

/** What is on its way stops with its editor. */
const stopping = ViewPlugin.define(() => {
  const stop = new AbortController()
  return { signal: stop.signal, destroy: () => stop.abort() }
})

export const picturesOnTheirWay: Extension = [pictureUploads, stopping]

let count = 0

/** Uploads pictures into the text, several at once; each is put in where it was brought, when it is there. */
export function bringPictures(
  view: EditorView,
  files: readonly File[],
  at: number,
  upload: ImageActions['upload'],
): void {
  for (const file of files) void bring(view, file, at, upload)
}

async function bring(view: EditorView, file: File, at: number, upload: ImageActions['upload']): Promise<void> {
  const id = ++count
  const own = new AbortController()
  const closed = view.plugin(stopping)?.signal ?? own.signal
  const name = file.name === '' ? 'Picture' : file.name
  const begin = {
    id,
    name,
    at,
    percent: 0,
    isWaiting: false,
    stop: () => own.abort(),
  }
  view.dispatch({
    effects: [begun.of(begin), EditorView.announce.of(`Uploading ${name}.`)],
  })
  try {
    const image = await upload(file, AbortSignal.any([own.signal, closed]), (state) => {
      if (!closed.aborted) view.dispatch({ effects: progressed.of({ id, ...state }) })
    })
    if (closed.aborted) return
    const change = imageChange(view.state, placeOf(view.state, id) ?? view.state.selection.main.to, image)
    const changes = view.state.changes(change)
    view.dispatch({
      changes,
      // Who waits at the place goes on behind the picture.
      selection: view.state.selection.map(changes, 1),
      effects: [ended.of(id), EditorView.announce.of(`${name} is in the text.`)],
      userEvent: 'input.picture',
    })
  } catch (error) {
    if (closed.aborted) return
    view.dispatch({ effects: ended.of(id) })
    if (!own.signal.aborted)
      toast({
        tone: 'danger',
        message: `${name} was not put in. ${describe(error)}`,
      })
  }
}

const placeOf = (state: EditorState, id: number) => state.field(pictureUploads).find((one) => one.id === id)?.at
