import { Store } from './store'

/** The conflict that its person is deciding, by its operation. Screens set it; the dialog of src/features/sync shows it. */
export const deciding = new Store<string | undefined>(undefined)

/** Whether the list of what waits on this device is open. */
export const showsWaiting = new Store(false)
