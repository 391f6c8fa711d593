import type { Passkey } from '@/api/types'
import { anonymous, http } from '@/lib/client'
import type { Http } from '@/lib/http'
import { enter } from './api'
import { prove } from './security'
import { createPasskey, presentPasskey, type Presentation } from './webauthn'

/** A challenge of the server's, to be answered by a passkey once and soon. */
export interface Challenge<Options = PublicKeyCredentialRequestOptionsJSON> {
  challengeId: string
  options: Options
}

/** What a passkey answers, as sign-in and step-up take it. */
export const answer = async ({ challengeId, options }: Challenge, how?: Presentation) => ({
  challengeId,
  credential: await presentPasskey(options, how),
})

const challenge = (by: Http) => by.post<Challenge>('/api/auth/passkey/challenge', {})

/** A passkey is both factors at once: something one has, unlocked by something one knows or is. */
export const signInWithPasskey = async (how?: Presentation) =>
  enter('/api/auth/passkey', await answer(await challenge(anonymous), how))

/** For the account that is signed in, and no other. */
export const proveByPasskey = async () => prove({ passkey: await answer(await challenge(http)) })

export async function addPasskey(name: string): Promise<Passkey> {
  const { challengeId, options } = await http.post<Challenge<PublicKeyCredentialCreationOptionsJSON>>(
    '/api/me/passkeys/challenge',
    {},
  )
  return http.post<Passkey>('/api/me/passkeys', { challengeId, name, credential: await createPasskey(options) })
}

export const renamePasskey = (id: string, name: string) => http.patch(`/api/me/passkeys/${id}`, { name })

export const removePasskey = (id: string) => http.delete(`/api/me/passkeys/${id}`)
