/** How the roles are called on screen. */
const names: Readonly<Record<string, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  viewer: 'Viewer',
}

/** Those one may give; ownership is handed over elsewhere. */
export const invitable = ['admin', 'editor', 'viewer'] as const

export const nameOfRole = (role: string): string => names[role] ?? role

/** What the server will allow, so that no screen offers what it would refuse. */
export const mayInvite = (role: string | null | undefined): boolean => role === 'owner' || role === 'admin'

export const mayWrite = (role: string | null | undefined): boolean => mayInvite(role) || role === 'editor'
