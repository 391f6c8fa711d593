import type { QueryClient } from '@tanstack/react-query'
import { accountChanges } from '@/features/accounts/changes'
import { followPreferences } from '@/features/accounts/stored-preferences'
import { contentChanges } from '@/features/content/changes'
import { notificationChanges } from '@/features/notifications/changes'
import { threadChanges } from '@/features/threads/changes'
import { exportChanges } from '@/features/exports/changes'
import { fileChanges } from '@/features/files/changes'
import { webhookChanges } from '@/features/webhooks/changes'
import { workspaceChanges } from '@/features/workspaces/changes'
import { toast } from '@/components/toasts'
import { applyChange } from '@/lib/changes'
import { credentials, documents, drafts, leadership, outbox, realtime, sharing } from '@/lib/client'
import { confirmedChange } from '@/lib/confirmed'
import { lastPerson } from '@/lib/last-person'
import { Unreachable } from '@/lib/problem'
import { keepAnswers, restoreAnswers } from './kept-answers'

/** What each feature does to its own cache when something changed. */
const handlers = [
  accountChanges,
  workspaceChanges,
  threadChanges,
  contentChanges,
  webhookChanges,
  exportChanges,
  fileChanges,
  notificationChanges,
]

/** Ties the tab's connection, outbox and cache to the sign-in, and finds out whether this browser has a session. */
export function startSession(cache: QueryClient): void {
  realtime.onChange((change) => {
    applyChange(cache, handlers, change)
    outbox.arrived(change)
  })

  outbox.onConfirmed((confirmed) => {
    const change = confirmedChange(realtime, confirmed)
    if (change) applyChange(cache, handlers, change)
  })

  outbox.onRefused(({ conflict, failure }) =>
    toast({
      tone: 'danger',
      message: conflict ? 'A change of yours does not fit with what somebody else did.' : `Not done. ${failure ?? ''}`,
    }),
  )

  credentials.signIn.subscribe(() => {
    if (credentials.signIn.get() === 'signed-in' && credentials.userId !== undefined) {
      leadership.start(credentials.userId)
      sharing.start(credentials.userId)
      realtime.start()
      lastPerson.set(credentials.userId)
      void outbox.open(credentials.userId)
      void documents.open(credentials.userId)
      drafts.open()
    } else {
      realtime.stop()
      sharing.stop()
      leadership.stop()
      outbox.close()
      documents.close()
      drafts.close()
      lastPerson.set(undefined)
      cache.clear()
    }
  })

  // What another device wrote while this one was away was not told to it.
  realtime.state.subscribe(() => {
    if (realtime.state.get().status === 'connected') void drafts.refresh()
  })

  sharing.onup = () => realtime.retryNow()

  followPreferences(cache)
  keepAnswers(cache)

  // Refused: signed out. Unreachable: tried again by the credentials themselves, and meanwhile the app opens with what is here.
  credentials.start().catch(async (error: unknown) => {
    const person = lastPerson.get()
    if (!(error instanceof Unreachable) || person === undefined) return
    await restoreAnswers(cache, person)
    credentials.assume(person)
  })
}
