import type { Message } from '@/api/types'
import { useCommands } from '@/lib/react/use-commands'
import type { History } from './history'
import type { MessageAction } from './MessageActions'

interface Rights {
  me: string
  mayWrite: boolean
}

/** The keys of a message: of the one in focus, or of the newest one. */
export function useMessageKeys(
  history: History,
  act: (action: MessageAction, message: Message) => void,
  { me, mayWrite }: Rights,
): void {
  const on = (action: MessageAction, isAllowed: (message: Message) => boolean) => () => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-message][data-id]')?.dataset.id
    const message = focused ? history.messages.find(({ id }) => id === focused) : history.messages.findLast(isAllowed)
    if (message && isAllowed(message)) act(action, message)
  }
  const section = 'Messages'
  const keysOnly = true
  useCommands([
    {
      id: 'message.react',
      title: 'React',
      section,
      keysOnly,
      keys: ['Shift+R'],
      run: () => {
        const focused = document.activeElement?.closest<HTMLElement>('[data-message][data-id]')
        focused?.querySelector<HTMLElement>('[data-react]')?.click()
      },
    },
    { id: 'message.reply', title: 'Reply', section, keysOnly, keys: ['R'], run: on('reply', () => mayWrite) },
    {
      id: 'message.edit',
      title: 'Edit your message',
      section,
      keysOnly,
      keys: ['E'],
      run: on('edit', ({ authorId }) => mayWrite && authorId === me),
    },
    {
      id: 'message.mark-unread',
      title: 'Mark unread from here',
      section,
      keysOnly,
      keys: ['Shift+U'],
      run: on(
        'mark-unread',
        ({ authorId }) => authorId !== me || document.activeElement?.matches('[data-message]') === true,
      ),
    },
  ])
}
