import { queryOptions } from '@tanstack/react-query'
import type { LoggedIn, User } from '@/api/types'
import { anonymous, credentials, http } from '@/lib/client'

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => http.get<User>('/api/me', { signal }),
  staleTime: Infinity,
})

export interface SignInInput {
  email: string
  password: string
}

export interface SignUpInput extends SignInInput {
  name: string
}

export const signIn = (input: SignInInput) => enter('/api/auth/login', input)

export const signUp = (input: SignUpInput) => enter('/api/auth/register', input)

async function enter(path: string, input: SignInInput): Promise<User> {
  const { user, ...grant } = await anonymous.post<LoggedIn>(path, input)
  credentials.accept(grant)
  return user
}

/**
 * Ends the session on the server and then here. Out of reach of the server the session would live on behind the
 * person's back, so then nothing is done and the caller says so.
 */
export async function signOut(): Promise<void> {
  await http.post('/api/auth/logout')
  credentials.clear()
}
