import { problemOf } from '@/lib/problem'
import { HttpWire } from './http-wire'
import type { Message } from './protocol'

const WAIT_SECONDS = 20

/** Listens by requests that wait. */
export class PollWire extends HttpWire {
  #cursor: string | undefined
  #isWelcomed = false

  protected async listen(signal: AbortSignal): Promise<void> {
    if (!this.#isWelcomed && !(await this.#welcome(signal))) return
    // Channels that are new begin where they are held; with the others' older cursor nothing of them is left out after that.
    const anew = this.asked({ anew: true })
    if (anew !== '' && !(await this.#poll(anew, undefined, signal))) return
    while (this.names.length > 0 && (await this.#poll(this.names.join(','), this.#cursor, signal)));
  }

  /** A poll has no welcome of its own: whether the token is good is asked, and that is it. */
  async #welcome(signal: AbortSignal): Promise<boolean> {
    const response = await this.request('/api/me', signal)
    if (!response.ok) {
      await this.refused(response)
      return false
    }
    this.#isWelcomed = true
    this.tellSession({ op: 'welcome' })
    return true
  }

  async #poll(channels: string, cursor: string | undefined, signal: AbortSignal): Promise<boolean> {
    const query = new URLSearchParams({ channels, wait: cursor === undefined ? '0' : String(WAIT_SECONDS) })
    if (cursor !== undefined) query.set('cursor', cursor)
    const response = await this.request(`/api/poll?${query.toString()}`, signal)
    if (response.status === 403 || response.status === 404) {
      await this.#dropRefused(channels, signal)
      return !signal.aborted
    }
    if (!response.ok) {
      await this.refused(response)
      return false
    }
    const answer = (await response.json()) as { messages: Message[]; cursor: string }
    if (signal.aborted) return false
    for (const message of answer.messages) this.deliver(message)
    if (cursor !== undefined || this.#cursor === undefined) this.#cursor = answer.cursor
    // A sign of life, which is all that an empty answer is.
    this.tellSession({ op: 'heartbeat' })
    return true
  }

  /** A poll is refused as a whole: each channel is asked for alone, and those that are refused are told as a socket tells it. */
  async #dropRefused(channels: string, signal: AbortSignal): Promise<void> {
    for (const name of channels.split(',').map((channel) => channel.split('@')[0] ?? '')) {
      const response = await this.request(`/api/poll?channels=${encodeURIComponent(name)}`, signal)
      if (response.status !== 403 && response.status !== 404) continue
      const { code, message } = await problemOf(response)
      this.deliver({ type: 'error', channel: name, payload: { code, message, retryable: false } })
      this.drop(name)
    }
  }
}
