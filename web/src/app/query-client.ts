import { QueryClient } from '@tanstack/react-query'
import { backoff } from '@/lib/backoff'
import { Problem } from '@/lib/problem'

const TRIES = 4

const mayRetry = (failures: number, error: Error) =>
  failures < TRIES && (!(error instanceof Problem) || error.retryable)

const retryDelay = (failures: number, error: Error) =>
  error instanceof Problem && error.retryAfter !== undefined ? error.retryAfter * 1000 : backoff(failures)

export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // Live changes keep what is held up to date; a return to the window proves nothing.
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // A device that says it is offline may still reach a server in the same house.
        networkMode: 'always',
        retry: mayRetry,
        retryDelay,
      },
      mutations: { networkMode: 'always' },
    },
  })
