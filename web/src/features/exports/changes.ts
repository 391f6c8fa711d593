import type { QueryClient } from '@tanstack/react-query'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import { refreshExports } from './api'

export const exportChanges: ChangeHandlers<QueryClient> = {
  // The change says that there is another state, not which: archives are for those who may have them.
  export: (cache, change) => void refreshExports(cache, idIn(change.channel)),

  // The end of a job that this person asked for, which may be that of an archive.
  job: (cache) => void refreshExports(cache),
}
