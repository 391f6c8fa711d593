import type { PictureAddress } from './picture'

/** A comment's place, as the server has it at a version of the document. */
export interface CommentPlace {
  id: string
  document: number
  from: number
  to: number
}

/** What somebody wants to say something about. */
export interface CommentedSelection extends Omit<CommentPlace, 'id'> {
  quote: string
}

export interface InsertedImage {
  /** What stands in the text as its address. */
  source: string
  alt: string
}

/** How far an upload is. */
export interface UploadState {
  /** 0 to 100. */
  percent: number
  /** The way to the server is broken: it goes on by itself when it is back. */
  isWaiting: boolean
}

export interface ImageActions {
  /** Says where a picture that the text names can be loaded from; undefined when it is none that is kept here. */
  addressOf: (source: string) => PictureAddress | undefined
  /** Has its person choose one of those that are here, or new ones, or nothing; told when that is over. */
  choose: (onDone: (chosen: InsertedImage | readonly File[] | undefined) => void) => void
  /** Brings one here. Rejects with the reason why not. */
  upload: (file: File, signal: AbortSignal, onNews: (state: UploadState) => void) => Promise<InsertedImage>
}

export interface DocumentEditorProps {
  itemId: string
  /** What the text is of, for those who do not see it. */
  label: string
  mayWrite: boolean
  nameOf: (userId: string) => string
  /** The open comments, to be marked in the text. */
  comments?: readonly CommentPlace[]
  currentComment?: string | undefined
  /** `byKey`: its person has no pointer there, and goes on where the comment is. */
  onOpenComment?: (id: string, byKey: boolean) => void
  onComment?: (selection: CommentedSelection) => void
  images?: ImageActions
}
