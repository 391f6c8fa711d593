import { Store } from '@/lib/store'

/** What is known already of an item that somebody is about to make. */
export interface Beginning {
  plannedAt?: string
}

/** Set while the dialog for a new item is open. */
export const beginning = new Store<Beginning | undefined>(undefined)
