import { HttpWire } from './http-wire'
import { parseFrame, SESSION } from './protocol'
import { CUT } from './wire'

/** Listens by Server-Sent Events; by `fetch`, because the browser's own reader takes no header for the token. */
export class EventsWire extends HttpWire {
  #lastId: string | undefined

  protected async listen(signal: AbortSignal): Promise<void> {
    const asked = new URLSearchParams({ channels: this.asked(), presence: this.present() })
    const response = await this.request(`/api/events?${asked}`, signal, {
      headers: this.#lastId === undefined ? {} : { 'Last-Event-ID': this.#lastId },
    })
    if (!response.ok || !response.body) return this.refused(response)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (signal.aborted) return
      // Cut without a farewell.
      if (done) {
        this.end(CUT)
        return
      }
      const lines = (text + value).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) this.#take(line)
    }
  }

  /** The id of an event comes before its data. */
  #take(line: string): void {
    if (line.startsWith('id: ')) this.#lastId = line.slice(4)
    if (!line.startsWith('data: ')) return
    for (const message of parseFrame(line.slice(6))) {
      if (message.channel === SESSION && message.payload?.op === 'closed') this.end(Number(message.payload.code))
      else this.deliver(message)
    }
  }
}
