import { SUBPROTOCOL } from './protocol'

/**
 * A way to the server that carries frames, in the shape of a socket. Whatever it is made of, who uses it says hello, is
 * welcomed, and learns from the closing code what to do next.
 */
export interface Wire {
  onopen: (() => void) | null
  onmessage: ((frame: string) => void) | null
  /** With the closing code; 1006 when nobody said why. It is the last thing that happens, and does not follow `close`. */
  onclose: ((code: number) => void) | null
  send(frame: string): void
  /** Ends it without waiting for the other side to agree; `isSilent` when it did not answer. */
  close(isSilent?: boolean): void
}

/** Nobody said why. */
export const CUT = 1006
/** The same server is to be reached by another way or another tab: come back at once. It never travels. */
export const MOVED = 3000

export class SocketWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly #socket: WebSocket
  #isClosed = false

  constructor(url: string) {
    const socket = (this.#socket = new WebSocket(url, SUBPROTOCOL))
    socket.onopen = () => !this.#isClosed && this.onopen?.()
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!this.#isClosed && typeof data === 'string') this.onmessage?.(data)
    }
    socket.onclose = ({ code }) => {
      if (this.#isClosed) return
      this.#isClosed = true
      this.onclose?.(code)
    }
  }

  send(frame: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame)
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
  }
}
