import { credentials } from '@/lib/client'

/** What is written but not sent. */
export interface Draft {
  text: string
  /** The message it answers. */
  replyTo?: string | undefined
}

/** Drafts by person and thread, kept on the device until they are sent. */
const keyOf = (threadId: string) => `renexus.draft.${credentials.userId ?? ''}.${threadId}`

export function draftOf(threadId: string): Draft {
  try {
    const draft: unknown = JSON.parse(localStorage.getItem(keyOf(threadId)) ?? 'null')
    return isDraft(draft) ? draft : { text: '' }
  } catch {
    return { text: '' }
  }
}

export function keepDraft(threadId: string, draft: Draft): void {
  // Signed out meanwhile: a draft without its person is nobody's.
  if (credentials.userId === undefined) return
  try {
    if (draft.text === '' && draft.replyTo === undefined) localStorage.removeItem(keyOf(threadId))
    else localStorage.setItem(keyOf(threadId), JSON.stringify(draft))
  } catch {
    // The storage is blocked or full: the draft lives in the text field alone.
  }
}

const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
