import { Check, Inbox, Plus } from 'lucide-react'
import { Avatar } from '@/components/Avatar'
import { Badge, Count } from '@/components/Badge'
import { Button } from '@/components/Button'
import { CopyField } from '@/components/CopyField'
import { DescriptionList } from '@/components/DescriptionList'
import { ErrorState } from '@/components/ErrorState'
import { LoadingState } from '@/components/LoadingState'
import { Notice } from '@/components/Notice'
import { OfflineState } from '@/components/OfflineState'
import { SettingsRow, SettingsSection } from '@/components/SettingsSection'
import { State } from '@/components/State'
import { Table, type Column } from '@/components/Table'
import { Problem } from '@/lib/problem'
import { Chapter, Specimen } from './Specimen'

interface Session {
  id: string
  device: string
  address: string
  requests: number
}

const sessions: Session[] = [
  { id: '1', device: 'Firefox on Linux', address: '203.0.113.7', requests: 1204 },
  { id: '2', device: 'Safari on iPhone', address: '198.51.100.23', requests: 87 },
]

const columns: Column<Session>[] = [
  { header: 'Device', cell: ({ device }) => <span className="font-medium">{device}</span> },
  { header: 'Address', cell: ({ address }) => address },
  { header: 'Requests', align: 'end', cell: ({ requests }) => requests.toLocaleString() },
  {
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: ({ device }) => (
      <Button size="small" variant="danger" aria-label={`Sign out ${device}`}>
        Sign out
      </Button>
    ),
  },
]

const failure = new Problem('unavailable', 'The database does not answer. It is tried again in 5 s.', {
  status: 503,
  traceId: '0af7651916cd43dd8448eb211c80319c',
})

export const Contents = () => (
  <>
    <Chapter title="States">
      <Specimen name="Empty">
        <State icon={Inbox} title="No drafts" action={<Button variant="primary">Write one</Button>}>
          What you start and do not finish waits here.
        </State>
      </Specimen>
      <Specimen name="Loading">
        <LoadingState label="Loading members" pictures />
        <LoadingState label="Loading threads" rows={3} />
      </Specimen>
      <Specimen name="Error">
        <ErrorState error={failure} title="The members could not be loaded" onRetry={() => undefined} />
      </Specimen>
      <Specimen name="Offline">
        <OfflineState onRetry={() => undefined} />
      </Specimen>
      <Specimen name="Notices">
        <Notice tone="info">Two people are writing here now.</Notice>
        <Notice tone="success">Grace Hopper is now a member.</Notice>
        <Notice tone="warning">The token of this account expires tomorrow.</Notice>
        <Notice tone="danger">The server cannot be reached. Check your connection and try again.</Notice>
      </Specimen>
    </Chapter>
    <Chapter title="Contents">
      <Specimen name="People, badges, counts">
        <div className="flex flex-wrap items-center gap-2">
          <Avatar id="ada" name="Ada Lovelace" size="large" present />
          <Avatar id="grace" name="Grace Hopper" present={false} />
          <Avatar id="radia" name="Radia Perlman" size="small" />
          <Avatar id="engines" name="Analytical Engines" square />
          <Avatar id="kj" name="Katherine Johnson" size="tiny" />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Badge>Draft</Badge>
          <Badge tone="accent">Owner</Badge>
          <Badge tone="info">Scheduled</Badge>
          <Badge tone="success" icon={Check}>
            Published
          </Badge>
          <Badge tone="warning">In review</Badge>
          <Badge tone="danger">Failed</Badge>
          <Badge tone="unknown">Unknown</Badge>
        </div>
        <div className="flex items-center gap-2">
          <Count value={3} of="unread messages" />
          <Count value={120} strong of="mentions" />
        </div>
      </Specimen>
      <Specimen name="Facts">
        <DescriptionList
          items={[
            { term: 'Created', description: '21 November 2026, 09:14' },
            { term: 'Address', description: '203.0.113.7' },
            { term: 'Reference', description: '0af7651916cd43dd8448eb211c80319c' },
          ]}
        />
        <CopyField label="Invitation link" value="https://renexus.example/invitations/7Qd2-xk81" />
      </Specimen>
      <Specimen name="Table" wide>
        <Table label="Sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} />
      </Specimen>
      <Specimen name="Settings" wide>
        <SettingsSection
          title="API keys"
          description="For programs that act as you."
          action={
            <Button size="small">
              <Plus aria-hidden className="size-4" />
              New key
            </Button>
          }
        >
          <SettingsRow title="Deploy" hint="rnx_7Qd2… · last used yesterday">
            <Button size="small" variant="danger">
              Revoke
            </Button>
          </SettingsRow>
        </SettingsSection>
        <SettingsSection title="Danger zone" dangerous>
          <SettingsRow title="Delete this workspace" hint="Kept for 30 days, then gone for good.">
            <Button variant="danger">Delete…</Button>
          </SettingsRow>
        </SettingsSection>
      </Specimen>
    </Chapter>
  </>
)
