import { z } from 'zod'

export const titleSchema = z
  .string()
  .trim()
  .min(1, 'Say what the thread is about.')
  .max(200, 'A title has at most 200 characters.')
