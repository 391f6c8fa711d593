// The stack a team would otherwise pick: Express 5, drizzle on pg, Socket.IO 4 or plain ws, jsonwebtoken, zod, pino. Everything is set by the
// environment: PORT, DATABASE_URL, SOCKETS (socket.io or ws), WORKERS, POOL (connections in all), WAY (transaction or statement).
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { createAdapter, setupPrimary } from '@socket.io/cluster-adapter'
import express from 'express'
import pino from 'pino'
import { Server } from 'socket.io'
import { z } from 'zod'
import { userOf } from './identity.mjs'
import { newMessage } from './messages.mjs'
import { serveSockets } from './rooms.mjs'
import { Forbidden, openStore } from './store.mjs'

const { PORT, DATABASE_URL, SOCKETS = 'socket.io', WAY = 'transaction' } = process.env
const workers = Number(process.env.WORKERS ?? 1)
const pool = Number(process.env.POOL ?? 20)

if (workers > 1 && cluster.isPrimary) {
  setupPrimary()
  for (let i = 0; i < workers; i++) cluster.fork()
  cluster.on('message', (sender, message) => {
    if (message?.room) for (const worker of Object.values(cluster.workers)) if (worker !== sender) worker.send(message)
  })
  cluster.on('exit', (worker, code) => process.exit(code ?? 1))
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
} else {
  await serve()
}

async function serve() {
  const log = pino({ level: 'warn' })
  const store = openStore(DATABASE_URL, Math.max(1, Math.floor(pool / workers)), WAY)
  const app = express().disable('x-powered-by').set('etag', false)
  app.use(express.json({ limit: '100kb' }))

  const signedIn = (request, response, next) => {
    try {
      request.user = userOf(request.headers.authorization?.slice('Bearer '.length))
      next()
    } catch {
      response.status(401).json({ code: 'unauthenticated' })
    }
  }
  const threadId = z.object({ thread: z.uuid() })
  const window = z.object({
    before: z.coerce.number().int().min(0).default(Number.MAX_SAFE_INTEGER),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })

  app.get('/health', async (_, response) => {
    await store.ready()
    response.json({ status: 'healthy' })
  })
  app.get('/api/me', signedIn, async (request, response) => response.json(await store.me(request.user)))
  app.get('/api/threads/:thread', signedIn, async (request, response) => response.json({ head: await store.version(request.params.thread) }))
  app.get('/api/threads/:thread/messages', signedIn, async (request, response) => {
    const { thread } = threadId.parse(request.params)
    const { before, limit } = window.parse(request.query)
    response.json({ items: await store.list(thread, request.user, before, limit) })
  })

  const http = createServer(app)
  let announce
  app.post('/api/threads/:thread/messages', signedIn, async (request, response) => {
    const { thread } = threadId.parse(request.params)
    const { id, body } = newMessage.parse(request.body)
    const message = await store.post({ id, thread, user: request.user, body })
    announce(thread, message)
    response.status(201).json(message)
  })
  app.use((error, _request, response, _next) => {
    const status = error instanceof Forbidden ? 403 : error instanceof z.ZodError ? 400 : 500
    if (status === 500) log.error({ err: error }, 'failed')
    response.status(status).json({ message: error.message })
  })

  if (SOCKETS === 'ws') {
    const tellOthers = (room, text) => workers > 1 && process.send({ room, text })
    const tell = serveSockets(http, store, log, tellOthers)
    if (workers > 1) process.on('message', (message) => message?.room && tell(message.room, message.text))
    announce = (thread, message) => {
      const text = JSON.stringify({ type: 'message', message })
      tell(thread, text)
      tellOthers(thread, text)
    }
  } else {
    const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false, maxHttpBufferSize: 102_400 })
    if (workers > 1) io.adapter(createAdapter())
    io.use((socket, next) => {
      try {
        socket.data.user = userOf(socket.handshake.auth.token)
        next()
      } catch (error) {
        next(error)
      }
    })
    const join = z.array(z.uuid())
    const write = newMessage.extend({ thread: z.uuid() })
    announce = (thread, message) => io.to(thread).emit('message', message)
    io.on('connection', (socket) => {
      socket.join(`user:${socket.data.user}`)
      const answering = (deed) => async (data, answer) => {
        try {
          answer(await deed(data))
        } catch (error) {
          log.warn({ err: error }, 'refused')
          answer({ error: error.message })
        }
      }
      socket.on(
        'join',
        answering(async (data) => {
          const wanted = join.parse(data)
          for (const thread of wanted) if (!(await store.isMember(thread, socket.data.user))) throw new Forbidden()
          socket.join(wanted)
          return { ok: true }
        }),
      )
      socket.on(
        'message',
        answering(async (data) => {
          const { id, thread, body } = write.parse(data)
          const message = await store.post({ id, thread, user: socket.data.user, body })
          announce(thread, message)
          return { id, version: message.version }
        }),
      )
    })
    // What Socket.IO keeps of a handshake is not needed again, and is a third of a connection's memory.
    io.engine.on('connection', (raw) => {
      raw.request = null
    })
  }

  await store.ready()
  http.listen(Number(PORT), '127.0.0.1')
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
}
