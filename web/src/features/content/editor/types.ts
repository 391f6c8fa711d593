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

export interface ImageActions {
  /** Where a picture that the text names is to be had; undefined when it is none of this workspace's. */
  urlOf: (source: string) => string | undefined
  /** Has its person choose one, and puts it where the cursor is. */
  choose: (insert: (image: InsertedImage) => void) => void
  /** Files that were dropped or pasted; each is put in when it is there. */
  dropped?: (files: readonly File[], insert: (image: InsertedImage) => void) => void
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
