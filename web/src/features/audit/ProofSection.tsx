import { useQuery } from '@tanstack/react-query'
import { ErrorState } from '@/components/ErrorState'
import { Button } from '@/components/Button'
import { DescriptionList } from '@/components/DescriptionList'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { SettingsSection } from '@/components/SettingsSection'
import { dateAndTime } from '@/lib/dates'
import type { AuditProof } from '@/api/types'
import { auditProof } from './api'

/** Every new entry waits a moment for its place; more than these are a fault. */
const USUALLY_WAITING = 1_000

/** Whether the trail is what it was: how far it is chained and signed, and what does not fit. */
export function ProofSection() {
  const { data, error, refetch, isFetching } = useQuery(auditProof)
  return (
    <SettingsSection
      title="Proof"
      description="Entries are chained, and the ends of the chains are signed. The command audit verify checks every single one."
      action={
        <Button size="small" busy={isFetching} onClick={() => void refetch()}>
          Check again
        </Button>
      }
    >
      {data ? (
        <Proof proof={data} />
      ) : error ? (
        <ErrorState error={error} title="The state could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <LoadingState label="Loading the state of the proof" rows={3} />
      )}
    </SettingsSection>
  )
}

function Proof({ proof }: { proof: AuditProof }) {
  const last = proof.lastCheckpointAt
  return (
    <>
      {proof.findings.length > 0 ? (
        <Notice tone="danger">
          <p>Something was changed that nobody should have changed:</p>
          <ul className="list-disc pl-5">
            {proof.findings.map(({ chain, sequence, message }) => (
              <li key={chain} className="wrap-anywhere">
                {message} Chain {chain}, entry {sequence}.
              </li>
            ))}
          </ul>
        </Notice>
      ) : proof.checkpoints === 0 ? (
        <Notice tone="info">Nothing has been signed yet; the first checkpoint comes within minutes.</Notice>
      ) : (
        <Notice tone="success">The newest checkpoint of every chain fits.</Notice>
      )}
      {proof.waiting > USUALLY_WAITING && (
        <Notice tone="warning">
          {proof.waiting.toLocaleString('en')} entries wait for their place. Is a node with the role worker running?
        </Notice>
      )}
      <DescriptionList
        items={[
          { term: 'Chains', description: proof.chains.toLocaleString('en') },
          { term: 'Entries', description: proof.entries.toLocaleString('en') },
          { term: 'Not yet signed', description: proof.unsigned.toLocaleString('en') },
          { term: 'Last checkpoint', description: last == null ? 'None' : dateAndTime(last) },
          { term: 'Signing key', description: <code className="font-mono text-xs">{proof.keyFingerprint}</code> },
        ]}
      />
    </>
  )
}
