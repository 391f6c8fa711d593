/** Threads made on this page that nobody has opened yet: who makes one writes in it next. */
const made = new Set<string>()

export const rememberMade = (threadId: string) => made.add(threadId)

/** True once for a thread that was made here. */
export const wasJustMade = (threadId: string) => made.delete(threadId)
