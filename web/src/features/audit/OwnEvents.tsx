import { SettingsSection } from '@/components/SettingsSection'
import { ownTrail } from './api'
import { Trail } from './Trail'

/** Sign-ins and what else concerns the safety of one's own account. */
export const OwnEvents = () => (
  <SettingsSection
    title="Recent security events"
    description="If something here was not you, change your password and sign out all other devices."
  >
    <Trail label="Security events" query={ownTrail} empty="Sign-ins and changes to your account will be listed here." />
  </SettingsSection>
)
