import type { QueryClient } from '@tanstack/react-query'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import { fileWith, refreshFiles } from './api'

export const fileChanges: ChangeHandlers<QueryClient> = {
  // Where a file can be read is each person's own, and not in the news.
  file: (cache, change) => {
    // Who looks at it asks again, and is told.
    if (change.op === 'delete') void cache.resetQueries({ queryKey: fileWith(change.resourceId).queryKey })
    void refreshFiles(cache, idIn(change.channel))
  },
}
