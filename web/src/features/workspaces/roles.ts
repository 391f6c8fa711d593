/** How the roles are called on screen. */
const names: Readonly<Record<string, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  viewer: 'Viewer',
}

/** Those an invitation can give; owners make owners of members. */
export const invitable = ['admin', 'editor', 'viewer'] as const

export const nameOfRole = (role: string): string => names[role] ?? role

/** What the server will allow, so that no screen offers what it would refuse. */
export const mayInvite = (role: string | null | undefined): boolean => role === 'owner' || role === 'admin'

export const mayWrite = (role: string | null | undefined): boolean => mayInvite(role) || role === 'editor'

/** Owners are changed by owners only. */
export const mayManage = (mine: string | null | undefined, theirs: string): boolean =>
  mine === 'owner' || (mine === 'admin' && theirs !== 'owner')

export const isOwner = (role: string | null | undefined): boolean => role === 'owner'

/** What one does with a role, for whoever gives it. */
export const meaningOfRole: Readonly<Record<string, string>> = {
  owner: 'Everything, deleting the workspace and making owners included.',
  admin: 'Manages people and settings.',
  editor: 'Writes.',
  viewer: 'Reads.',
}
