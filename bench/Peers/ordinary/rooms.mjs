// Who hears what, over plain `ws`: a set of sockets for each thread and person, a message made into text once.
import { Sender, WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { userOf } from './identity.mjs'
import { newMessage } from './messages.mjs'
import { Forbidden } from './store.mjs'

const hello = z.object({ type: z.literal('hello'), token: z.string(), threads: z.array(z.uuid()) })
const write = newMessage.extend({ type: z.literal('message'), thread: z.uuid() })

/** @param tellOthers Called with what the other processes should tell their sockets too. */
export function serveSockets(http, store, log, tellOthers) {
  const rooms = new Map()
  const server = new WebSocketServer({ server: http, path: '/ws', perMessageDeflate: false, maxPayload: 102_400 })

  // A frame is made once for everybody, as Socket.IO does it with the same inner function of ws.
  const tell = (room, text) => {
    const frame = Sender.frame(Buffer.from(text), { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false })
    for (const socket of rooms.get(room) ?? []) if (socket.readyState === WebSocket.OPEN) socket._sender.sendFrame(frame)
  }
  const join = async (socket, request) => {
    const user = userOf(request.token)
    for (const thread of request.threads) if (!(await store.isMember(thread, user))) throw new Forbidden()
    socket.rooms = [`user:${user}`, ...request.threads]
    for (const room of socket.rooms) {
      if (!rooms.has(room)) rooms.set(room, new Set())
      rooms.get(room).add(socket)
    }
    socket.user = user
    socket.send('{"type":"ready"}')
  }
  const post = async (socket, { id, thread, body }) => {
    const message = await store.post({ id, thread, user: socket.user, body })
    const text = JSON.stringify({ type: 'message', message })
    tell(thread, text)
    tellOthers(thread, text)
    socket.send(`{"type":"ack","id":"${id}","version":${message.version}}`)
  }

  server.on('connection', (socket) => {
    socket.on('message', async (data) => {
      try {
        const value = JSON.parse(data)
        if (socket.user) await post(socket, write.parse(value))
        else await join(socket, hello.parse(value))
      } catch (error) {
        log.warn({ err: error }, 'refused')
        socket.send(JSON.stringify({ type: 'error', message: error.message }))
      }
    })
    socket.on('close', () => {
      for (const room of socket.rooms ?? []) rooms.get(room)?.delete(socket)
    })
  })
  return tell
}
