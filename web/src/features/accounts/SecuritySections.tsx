import { useQuery } from '@tanstack/react-query'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { PasskeysSection } from './PasskeysSection'
import { PasswordSection } from './PasswordSection'
import { ProvidersSection } from './ProvidersSection'
import { security } from './security'
import { TotpSection } from './TotpSection'

/** The ways into this account. */
export function SecuritySections() {
  const { data, error, refetch } = useQuery(security)
  if (data)
    return (
      <>
        <PasswordSection key={String(data.hasPassword)} known={data} />
        <TotpSection known={data} />
        <PasskeysSection known={data} />
        <ProvidersSection />
      </>
    )
  if (error)
    return <ErrorState error={error} title="Your ways to sign in could not be loaded" onRetry={() => void refetch()} />
  return <LoadingState label="Loading your ways to sign in" rows={6} />
}
