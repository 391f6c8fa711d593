import type { Role } from '@/api/types'

/** How the roles are called on screen. */
export const roles: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  viewer: 'Viewer',
}

export const mayInvite = (role: Role | undefined): boolean => role === 'owner' || role === 'admin'

export const mayWrite = (role: Role | undefined): boolean => role !== undefined && role !== 'viewer'
