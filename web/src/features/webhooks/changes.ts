import type { QueryClient } from '@tanstack/react-query'
import type { ChangeHandlers } from '@/lib/changes'
import { idIn } from '@/lib/channels'
import { refreshWebhooks } from './api'

export const webhookChanges: ChangeHandlers<QueryClient> = {
  // The change says that there is another state, not which: where webhooks lead is for those who manage them.
  webhook: (cache, change) => void refreshWebhooks(cache, idIn(change.channel)),
}
