// smtp-server, the mail server of Nodemailer: takes mails as any mail server does, and on demand refuses, or hangs up, at any step of the dialogue.
import { SMTPServer } from 'smtp-server'
import { answerLines } from './lines.mjs'

const arrived = []
let faults = []

// The fault of a connection is decided when it begins; a connection without one goes well.
const faultsOf = new Map()

const hangUp = (server, session) => [...server.connections].find((c) => c.session === session)?._socket.destroy()

function meet(server, stage, session, go) {
  const fault = faultsOf.get(session.id)
  if (fault?.stage !== stage) return go()
  if (fault.drop) return hangUp(server, session)
  go(Object.assign(new Error(fault.text ?? 'Not now'), { responseCode: fault.code }))
}

async function listen({ user, password }) {
  const server = new SMTPServer({
    disabledCommands: user ? ['STARTTLS'] : ['STARTTLS', 'AUTH'], authOptional: !user, allowInsecureAuth: true, disableReverseLookup: true, closeTimeout: 100,
    onAuth: (auth, session, done) => (auth.username === user && auth.password === password ? done(null, { user }) : done(new Error('Invalid username or password'))),
    onConnect: (session, done) => {
      faultsOf.set(session.id, faults.shift())
      meet(server, 'greeting', session, done)
    },
    onMailFrom: (address, session, done) => meet(server, 'mail', session, done),
    onRcptTo: (address, session, done) => meet(server, 'rcpt', session, done),
    onData: (stream, session, done) => {
      if (faultsOf.get(session.id)?.stage === 'data') return hangUp(server, session)
      const chunks = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => {
        const fault = faultsOf.get(session.id)
        if (fault?.stage !== 'dot' || fault.drop) {
          const text = Buffer.concat(chunks).toString('utf8')
          arrived.push({ to: session.envelope.rcptTo[0].address, id: /^Message-ID: *(.*)$/im.exec(text)?.[1], isAnswered: !fault, text })
        }
        meet(server, 'dot', session, done)
      })
    },
    onClose: (session) => faultsOf.delete(session.id),
  })
  server.on('error', () => {})
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: server.server.address().port }
}

await answerLines({
  listen,
  plan: ({ next }) => ((faults = next), true),
  arrived: ({ to }) => arrived.filter((mail) => mail.to === to),
})
