import { z } from 'zod'

/** The same rules as the server's, told while the form is filled in; the server has the last word. */
const email = z.email('Enter an email address, like ada@example.org.')

export const signInSchema = z.object({
  email,
  password: z.string().min(1, 'Enter your password.'),
})

export const signUpSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Enter your name, as your team knows you.')
    .max(100, 'A name has at most 100 characters.'),
  email,
  password: z
    .string()
    .min(8, 'A password has at least 8 characters.')
    .max(200, 'A password has at most 200 characters.'),
})
