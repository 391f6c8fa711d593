/** The names of the channels, and the id in such a name. */

export const userChannel = (userId: string) => `user:${userId}`

export const workspaceChannel = (workspaceId: string) => `workspace:${workspaceId}`

export const threadChannel = (threadId: string) => `thread:${threadId}`

export const contentChannel = (contentId: string) => `content:${contentId}`

/** What operators watch. */
export const OPS_CHANNEL = 'ops'

export const idIn = (channel: string) => channel.slice(channel.indexOf(':') + 1)
