import { Store } from '@/lib/store'

/** The files that were dropped, while the dialog for importing is open. */
export const importing = new Store<readonly File[] | undefined>(undefined)
