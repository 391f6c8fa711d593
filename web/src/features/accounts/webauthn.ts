import { Problem } from '@/lib/problem'

/** The browser's passkeys, in the JSON that the server speaks (WebAuthn Level 3). */

export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential

/** Whether passkeys can be offered among the suggestions of the email field. */
export const passkeysAutofill = async (): Promise<boolean> =>
  passkeysWork() && PublicKeyCredential.isConditionalMediationAvailable()

export async function createPasskey(options: PublicKeyCredentialCreationOptionsJSON): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  return toJson(() => navigator.credentials.create({ publicKey }))
}

export interface Presentation {
  /** Waits among the suggestions of a field instead of asking at once. */
  autofill?: boolean
  signal?: AbortSignal
}

export async function presentPasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
  { autofill = false, signal }: Presentation = {},
): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return toJson(() =>
    navigator.credentials.get({
      publicKey,
      ...(autofill && { mediation: 'conditional' as const }),
      ...(signal && { signal }),
    }),
  )
}

async function toJson(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask()
    if (credential !== null) return (credential as PublicKeyCredential).toJSON()
  } catch (error) {
    if (error instanceof DOMException && error.name === 'InvalidStateError')
      throw new Problem('passkey_known', 'This device already holds a passkey for your account.')
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') throw error
  }
  // The browser does not say whether the person closed its dialog or let it wait.
  throw new Problem('passkey_dismissed', 'No passkey was used. Try again when you are ready.')
}
