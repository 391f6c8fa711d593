/** What a provider says when it sends somebody back (RFC 6749, 4.1.2). */
export interface ProviderAnswer {
  code?: string
  state?: string
  error?: string
}

export const providerAnswer = (search: string): ProviderAnswer =>
  Object.fromEntries([...new URLSearchParams(search)].filter(([name]) => ['code', 'state', 'error'].includes(name)))
