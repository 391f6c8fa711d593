/** Whom a screen of content may name; src/app knows who is in the workspace. */
export interface Person {
  id: string
  name: string
}

export type NameOf = (userId: string | null) => string
