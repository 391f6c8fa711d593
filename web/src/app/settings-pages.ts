import { CircleUser, Database, KeyRound, Layers, ShieldCheck, SlidersHorizontal } from 'lucide-react'

/** A person's own settings: beside one another there, and each in the command menu. */
export const settingsPages = [
  { to: '/settings/profile', label: 'Profile', icon: CircleUser },
  { to: '/settings/security', label: 'Security', icon: ShieldCheck },
  { to: '/settings/preferences', label: 'Preferences', icon: SlidersHorizontal },
  { to: '/settings/workspaces', label: 'Workspaces', icon: Layers },
  { to: '/settings/keys', label: 'API keys', icon: KeyRound },
  { to: '/settings/data', label: 'Your data', icon: Database },
] as const
