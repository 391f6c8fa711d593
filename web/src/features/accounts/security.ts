import { queryOptions } from '@tanstack/react-query'
import { http } from '@/lib/client'

export interface Passkey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
}

export interface Security {
  email: string
  emailVerified: boolean
  hasPassword: boolean
  totp: boolean
  recoveryCodesLeft: number
  passkeys: Passkey[]
}

/** How this account is protected. */
export const security = queryOptions({
  queryKey: ['me', 'security'],
  queryFn: ({ signal }) => http.get<Security>('/api/me/security', { signal }),
})

export const changePassword = (input: { currentPassword?: string; password: string }) =>
  http.put('/api/me/password', input)

/** The proof of who one is that makes this session good for dangerous operations for a while. */
export type Proof = { password: string } | { code: string } | { passkey: { challengeId: string; credential: unknown } }

export const prove = (proof: Proof) => http.post('/api/auth/step-up', proof)

export interface TotpSetUp {
  secret: string
  uri: string
}

export const startTotp = () => http.post<TotpSetUp>('/api/me/totp', {})

export const confirmTotp = (code: string) => http.post<{ recoveryCodes: string[] }>('/api/me/totp/confirm', { code })

export const removeTotp = () => http.delete('/api/me/totp')

export const newRecoveryCodes = () => http.post<{ recoveryCodes: string[] }>('/api/me/recovery-codes', {})
