import { z } from 'zod'

/** What a message must be, however it comes. */
export const newMessage = z.object({ id: z.uuid(), body: z.string().min(1).max(100_000) })
