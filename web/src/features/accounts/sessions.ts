import { queryOptions } from '@tanstack/react-query'
import type { LogInSession } from '@/api/types'
import { http } from '@/lib/client'

export const sessions = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async ({ signal }) => (await http.get<{ items: LogInSession[] }>('/api/auth/sessions', { signal })).items,
})

export const endSession = (id: string) => http.delete(`/api/auth/sessions/${id}`)

export const endOtherSessions = () => http.delete('/api/auth/sessions')
