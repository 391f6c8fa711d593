import type { QueryClient } from '@tanstack/react-query'
import type { User } from '@/api/types'
import type { ChangeHandlers } from '@/lib/changes'
import { me } from './api'
import { sessions } from './sessions'
import { announcedPreferences } from './stored-preferences'

export const accountChanges: ChangeHandlers<QueryClient> = {
  user: (cache, change) => {
    cache.setQueryData(me.queryKey, change.data as User)
  },

  preferences: (cache, change) =>
    announcedPreferences(cache, change.data as Record<string, unknown>, change.isAnswer === true),

  // Which one asks is not part of the announcement.
  session: (cache) => void cache.invalidateQueries({ queryKey: sessions.queryKey }),
}
