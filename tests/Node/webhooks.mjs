// npm standardwebhooks and svix as second opinions: the one takes what we send, the other signs what is sent to us.
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { answerLines } from './lines.mjs'

await answerLines({
  verify: async ({ secret, body, headers }) => new Webhook(secret).verify(body, headers),

  // at is in milliseconds.
  sign: async ({ secret, id, at, body }) => ({
    'svix-id': id,
    'svix-timestamp': Math.floor(at / 1000).toString(),
    'svix-signature': new SvixWebhook(secret).sign(id, new Date(at), body),
  }),
})
