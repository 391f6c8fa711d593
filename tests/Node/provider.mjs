// oidc-provider, a certified OpenID provider: the whole code flow with PKCE, done here as a browser would, ends in real tokens.
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import * as jose from 'jose'
import { Provider } from 'oidc-provider'
import { answerLines } from './lines.mjs'

const redirect = 'https://renexus.example/callback'
const people = new Map()

async function key(kid, alg) {
  const { privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  return { ...(await jose.exportJWK(privateKey)), kid, alg, use: 'sig' }
}

async function start({ port = 0, kid = 'first', alg = 'RS256', returnTo, secret, tellsLater = false }) {
  const server = createServer()
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'web', redirect_uris: [redirect], token_endpoint_auth_method: 'none', application_type: 'web',
      grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], id_token_signed_response_alg: alg,
    }, ...(returnTo ? [{
      client_id: 'renexus', redirect_uris: [returnTo], response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: alg,
      application_type: returnTo.startsWith('https:') ? 'web' : 'native',
      ...(secret ? { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' } : { token_endpoint_auth_method: 'none' }),
    }] : [])],
    jwks: { keys: [await key(kid, alg)] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'sid'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: tellsLater,
    ttl: { AccessToken: 2 * 86400, IdToken: 2 * 86400, Grant: 3 * 86400, Session: 3 * 86400, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => ({ scope: 'openid', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 2 * 86400, jwt: { sign: { alg } } }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
  })
  server.on('request', provider.callback())
  return { issuer }
}

// A browser in a few lines: cookies by name, redirects by hand. Goes on until the provider sends it back.
async function walk(address, back, login) {
  const jar = new Map()
  const visit = async (url, init = {}) => {
    const headers = { ...init.headers, cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, k, v] = /^([^=]+)=([^;]*)/.exec(cookie)
      v === '' ? jar.delete(k) : jar.set(k, v)
    }
    return response
  }

  let next = address
  for (let step = 0; step < 20; step++) {
    const response = await visit(next)
    if (response.status === 303 || response.status === 302) {
      next = new URL(response.headers.get('location'), next).href
      if (next.startsWith(back)) return new URL(next).searchParams
      continue
    }
    // A form: who are you, then: do you agree.
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1]
    if (!action) throw new Error(`no form: ${response.status} ${page.slice(0, 300)}`)
    const answer = await visit(new URL(action, next), {
      method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ prompt, login, password: 'any' }),
    })
    next = new URL(answer.headers.get('location'), next).href
  }
  throw new Error(`never sent back: ${next}`)
}

/** What somebody sees who is sent to the provider by a page of ours; answers what the provider sends back. */
async function signIn({ address, login, email, emailVerified = true, name }) {
  people.set(login, { email, email_verified: emailVerified, name })
  return Object.fromEntries(await walk(address, new URL(address).searchParams.get('redirect_uri'), login))
}

async function logIn({ issuer, login, resource, email, emailVerified = true, name }) {
  people.set(login, { email, email_verified: emailVerified, name })
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: 'web', redirect_uri: redirect, response_type: 'code', scope: 'openid email profile',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', ...(resource && { resource }),
  })
  const code = (await walk(`${issuer}/auth?${query}`, redirect, login)).get('code')
  if (!code) throw new Error('no code')
  const response = await fetch(`${issuer}/token`, {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'web', code, redirect_uri: redirect, code_verifier: verifier, ...(resource && { resource }) }),
  })
  const tokens = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(tokens))
  return { accessToken: tokens.access_token, idToken: tokens.id_token }
}

/** Tells the provider of somebody, before anybody signs in. */
function knows({ login, email, emailVerified = true, name }) {
  people.set(login, { email, email_verified: emailVerified, name })
  return {}
}

await answerLines({ start, logIn, signIn, knows })
