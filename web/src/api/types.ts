/** The resources of the API, as docs/protocol.md describes them. */

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface User {
  id: string
  email: string
  emailVerified: boolean
  name: string
  isOperator: boolean
  version: number
  createdAt: string
  updatedAt: string
}

export interface LoggedIn {
  user: User
  accessToken: string
  expiresIn: number
}

export type Role = 'owner' | 'admin' | 'editor' | 'viewer'

export interface Workspace {
  id: string
  name: string
  role?: Role
  version: number
  createdAt: string
  updatedAt: string
}

export interface Member {
  userId: string
  name: string
  email: string
  role: Role
  version: number
  createdAt: string
}

export interface Thread {
  id: string
  workspaceId: string
  title: string
  archived: boolean
  participants: string[] | null
  version: number
  head: number
  createdBy?: string
  createdAt: string
}

export interface Message {
  id: string
  threadId: string
  authorId?: string
  body: string
  replyTo: string | null
  version: number
  createdAt: string
  editedAt: string | null
}
