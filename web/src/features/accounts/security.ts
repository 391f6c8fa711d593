import { queryOptions } from '@tanstack/react-query'
import type { RecoveryCodes, SecuritySettings, TotpEnrolment } from '@/api/types'
import { http } from '@/lib/client'

/** How this account is protected. */
export const security = queryOptions({
  queryKey: ['me', 'security'],
  queryFn: ({ signal }) => http.get<SecuritySettings>('/api/me/security', { signal }),
})

export const changePassword = (input: { currentPassword?: string; password: string }) =>
  http.put('/api/me/password', input)

/** The proof of who one is that makes this session good for dangerous operations for a while. */
export type Proof = { password: string } | { code: string } | { passkey: { challengeId: string; credential: unknown } }

export const prove = (proof: Proof) => http.post('/api/auth/step-up', proof)

export const startTotp = () => http.post<TotpEnrolment>('/api/me/totp', {})

export const confirmTotp = (code: string) => http.post<RecoveryCodes>('/api/me/totp/confirm', { code })

export const removeTotp = () => http.delete('/api/me/totp')

export const newRecoveryCodes = () => http.post<RecoveryCodes>('/api/me/recovery-codes', {})
