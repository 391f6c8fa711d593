import type { Change } from './realtime/protocol'

/**
 * What a feature does to its own cache when a resource changed, by the resource's name. Each feature brings its
 * handlers and src/app lists them: there is no central switch to grow. Applying a change twice must do no harm.
 */
export type ChangeHandlers<Cache> = Readonly<Record<string, (cache: Cache, change: Change) => void>>

export function applyChange<Cache>(cache: Cache, features: readonly ChangeHandlers<Cache>[], change: Change): void {
  for (const handlers of features) handlers[change.resource]?.(cache, change)
}
