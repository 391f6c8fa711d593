import { Problem } from './problem'
import { Store } from './store'

/** Somebody waits for the person to prove anew who it is. */
export interface StepUpRequest {
  done: () => void
  cancel: () => void
}

/**
 * Dangerous operations ask for a fresh proof (AU-7). The calls that were refused wait here for one dialog, however many
 * they are, and are repeated after it; who closes it gets the refusals.
 */
export class StepUp {
  readonly request = new Store<StepUpRequest | undefined>(undefined)
  #proof: Promise<boolean> | undefined

  async around<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'reauthentication_required') throw error
      if (!(await this.#prove())) throw error
      return call()
    }
  }

  #prove(): Promise<boolean> {
    this.#proof ??= new Promise<boolean>((resolve) =>
      this.request.set({ done: () => resolve(true), cancel: () => resolve(false) }),
    ).finally(() => {
      this.#proof = undefined
      this.request.set(undefined)
    })
    return this.#proof
  }
}
