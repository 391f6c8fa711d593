import type { CommentedSelection } from './editor'

/** What somebody is at with the comments of the item on screen. */
export interface Commenting {
  /** The comment that is open: its id, or that of its thread. */
  current: string | undefined
  /** Counts how often the keyboard asked for the comment that is open. */
  asked: number
  /** What a comment is being written about. */
  begun: CommentedSelection | undefined
  open: (id: string | undefined, byKey?: boolean) => void
  begin: (selection: CommentedSelection | undefined) => void
}
