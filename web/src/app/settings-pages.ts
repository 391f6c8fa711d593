import {
  Activity,
  Bell,
  CircleUser,
  Database,
  KeyRound,
  Layers,
  Server,
  ShieldCheck,
  SlidersHorizontal,
} from 'lucide-react'

const own = [
  { to: '/settings/profile', label: 'Profile', icon: CircleUser },
  { to: '/settings/security', label: 'Security', icon: ShieldCheck },
  { to: '/settings/preferences', label: 'Preferences', icon: SlidersHorizontal },
  { to: '/settings/notifications', label: 'Notifications', icon: Bell },
  { to: '/settings/workspaces', label: 'Workspaces', icon: Layers },
  { to: '/settings/keys', label: 'API keys', icon: KeyRound },
  { to: '/settings/data', label: 'Your data', icon: Database },
] as const

/** Only for whoever runs the installation. */
const operators = [
  { to: '/settings/queues', label: 'Queues and jobs', icon: Activity },
  { to: '/settings/installation', label: 'Installation', icon: Server },
] as const

/** The settings of a person: beside one another there, and each in the command menu. */
export const settingsPages = (user: { isOperator: boolean }) => (user.isOperator ? [...own, ...operators] : own)
