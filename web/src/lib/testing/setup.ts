import { afterEach, beforeEach, vi } from 'vitest'
import { Credentials, type Grant } from '@/lib/credentials'
import { Realtime } from '@/lib/realtime/realtime'
import { SocketWire } from '@/lib/realtime/wire'
import { FakeSocket } from './fake-socket'

/** Fake time and fake sockets around each test of a file. */
export function withFakes(): void {
  beforeEach(() => {
    FakeSocket.all = []
    vi.useFakeTimers()
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    vi.stubGlobal('WebSocket', FakeSocket)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
}

export const grant = (accessToken = 'token-1', expiresIn = 900): Grant => ({ accessToken, expiresIn })

/** Lets promises that are already decided run on, without moving the clock. */
export const settle = () => vi.advanceTimersByTimeAsync(0)

/** A signed-in real-time client whose first socket is open and welcomed. */
export async function connected(renew: () => Promise<Grant> = () => Promise.resolve(grant('token-2'))) {
  const credentials = new Credentials(renew)
  credentials.accept(grant())
  const realtime = new Realtime({ open: () => new SocketWire('ws://test/ws'), client: 'test', credentials })
  realtime.start()
  await settle()
  const socket = FakeSocket.last.open().welcome()
  return { credentials, realtime, socket }
}
