import { z } from 'zod'

/** The same rules as the server's, told while the form is filled in; the server has the last word. */
export const email = z.email('Enter an email address, like ada@example.org.')

export const personName = z
  .string()
  .trim()
  .min(1, 'Enter your name, as your team knows you.')
  .max(100, 'A name has at most 100 characters.')

export const newPassword = z
  .string()
  .min(8, 'A password has at least 8 characters.')
  .max(200, 'A password has at most 200 characters.')

export const someName = z.string().trim().min(1, 'Enter a name.').max(100, 'A name has at most 100 characters.')

export const signInSchema = z.object({
  email,
  password: z.string().min(1, 'Enter your password.'),
})

export const signUpSchema = z.object({ name: personName, email, password: newPassword })

/** People copy codes with the spaces that make them readable. */
export const totpCode = z
  .string()
  .transform((typed) => typed.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Enter the 6 digits that the app shows.'))

export const recoveryCode = z.string().trim().min(8, 'Enter one of your recovery codes.')

/** Of either kind. */
export const anyCode = z.string().trim().min(6, 'Enter the 6 digits that the app shows, or a recovery code.')
