import { z } from 'zod'

export const MOST_TITLE = 200

export const titleSchema = z
  .string()
  .trim()
  .min(1, 'Say what it is called.')
  .max(MOST_TITLE, `A title has at most ${MOST_TITLE} characters.`)
