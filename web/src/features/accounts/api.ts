import { queryOptions } from '@tanstack/react-query'
import type { LoggedIn, User } from '@/api/types'
import { anonymous, credentials, documents, drafts, http, outbox } from '@/lib/client'
import { Problem } from '@/lib/problem'
import { isOfWeight } from '@/lib/outbox'
import { Store } from '@/lib/store'
import { wipeDevice } from '@/lib/wipe'

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => http.get<User>('/api/me', { signal }),
  staleTime: Infinity,
})

export interface SignInInput {
  email: string
  password: string
  /** Of the authenticator app, or a recovery code. */
  code?: string
  /** The answer of a passkey to the challenge that came with the refusal. */
  passkey?: { challengeId: string; credential: unknown }
}

export interface SignUpInput {
  name: string
  email: string
  password: string
}

export const signIn = (input: SignInInput) => enter('/api/auth/login', input)

export const signUp = (input: SignUpInput) => enter('/api/auth/register', input)

/** Whether the password was right and the account asks for a second factor besides. */
export const needsSecondFactor = (error: unknown): error is Problem =>
  error instanceof Problem && error.code === 'second_factor_required'

/** Begins a session on this device with whatever the server takes as proof. */
export async function enter(path: string, proof: unknown): Promise<User> {
  const { user, ...grant } = await anonymous.post<LoggedIn>(path, proof)
  credentials.accept(grant)
  return user
}

/** Whether the person is asked what shall become of changes that are not sent yet. */
export const asksBeforeSignOut = new Store(false)

/**
 * Ends the session on the server and then here, with everything that is kept on the device. Out of reach of the server the
 * session would live on behind the person's back, so then nothing is done and the caller says so. What is not sent yet
 * would be lost: then the person is asked first.
 */
export async function signOut({ losingChanges = false } = {}): Promise<void> {
  if (!losingChanges && (outbox.entries.get().some(isOfWeight) || documents.waiting.get().length > 0)) {
    asksBeforeSignOut.set(true)
    return
  }
  await drafts.flush()
  await http.post('/api/auth/logout')
  credentials.clear()
  await wipeDevice()
}

export const updateMe = (changes: { name?: string; email?: string }) => http.patch<User>('/api/me', changes)

/** Ends the account for good, and with it every session. */
export async function deleteAccount(): Promise<void> {
  await http.delete('/api/me')
  credentials.clear()
  await wipeDevice()
}

export const downloadOwnData = () => http.download('/api/me/export')
