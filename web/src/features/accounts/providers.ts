import { queryOptions } from '@tanstack/react-query'
import type { ConnectedIdentities, ProviderSignIn, SignInProviders } from '@/api/types'
import { anonymous, http } from '@/lib/client'
import { enter } from './api'

/** The providers at whose own page one can sign in; most installations have none. */
export const providers = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => anonymous.get<SignInProviders>('/api/auth/providers', { signal }),
  staleTime: Infinity,
})

/** Which of them open the own account. */
export const identities = queryOptions({
  queryKey: ['me', 'identities'],
  queryFn: ({ signal }) => http.get<ConnectedIdentities>('/api/me/identities', { signal }),
})

/** What one goes to a provider for; it waits in this tab until the provider sends the person back. */
export interface Errand {
  what: 'sign-in' | 'connect' | 'prove'
  /** Where to go afterwards: a path of this app. */
  next: string
}

const KEY = 'provider-errand'

/** Leaves for the provider's page. */
export async function goToProvider(id: string, errand: Errand): Promise<void> {
  const { address } = await anonymous.post<ProviderSignIn>(`/api/auth/providers/${id}/begin`, {
    fresh: errand.what === 'prove',
  })
  sessionStorage.setItem(KEY, JSON.stringify(errand))
  window.location.assign(address)
  // The page is about to go; the button stays busy until it has.
  await new Promise(() => undefined)
}

/** What this tab left for; a tab that does not know wanted to sign in. */
export function errandOfTab(): Errand {
  try {
    const errand = JSON.parse(sessionStorage.getItem(KEY) ?? '') as Errand
    if (['sign-in', 'connect', 'prove'].includes(errand.what) && /^\/(?![/\\])/.test(errand.next)) return errand
  } catch {
    // Nothing there, or not ours.
  }
  return { what: 'sign-in', next: '/' }
}

export interface ProviderAnswer {
  code: string
  state: string
}

/** Finishes what was begun with what the provider sent back; it can be used once. */
export async function comeBack(id: string, { what }: Errand, answer: ProviderAnswer): Promise<void> {
  sessionStorage.removeItem(KEY)
  if (what === 'sign-in') await enter(`/api/auth/providers/${id}/complete`, answer)
  else await http.post(`/api/auth/providers/${id}/${what}`, answer)
}

export const disconnect = (id: string) => http.delete(`/api/me/identities/${id}`)
