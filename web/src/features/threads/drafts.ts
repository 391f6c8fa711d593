/** What is written but not sent, by thread, kept over reloads of the tab. */

const keyOf = (threadId: string) => `renexus.draft.${threadId}`

export function draftOf(threadId: string): string {
  try {
    return sessionStorage.getItem(keyOf(threadId)) ?? ''
  } catch {
    return ''
  }
}

export function keepDraft(threadId: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(keyOf(threadId))
    else sessionStorage.setItem(keyOf(threadId), text)
  } catch {
    // The storage is blocked or full: the draft lives in the text field alone.
  }
}
