import { anonymous, http } from '@/lib/client'

/** What the links in account mails lead to (AU-6). */

/** Answers the same whether there is such an account or not. */
export const askForReset = (email: string) => anonymous.post('/api/auth/password/forgot', { email })

export const resetPassword = (token: string, password: string) =>
  anonymous.post('/api/auth/password/reset', { token, password })

export const verifyEmail = (token: string) => anonymous.post('/api/auth/email/verify', { token })

/** Ends the session that a mail told of: no password is needed to say that it was not oneself. */
export const denySession = (token: string) => anonymous.post('/api/auth/sessions/deny', { token })

export const mailVerificationAgain = () => http.post('/api/auth/email/verification')
