import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react'
import { commands, type Command, type CommandSource } from '@/lib/commands'

/**
 * Offers commands while the component is on screen. What they do may change with every render; which ones there
 * are and what they are called is compared by value, so that the list may be written in place.
 */
export function useCommands(offered: readonly Command[]): void {
  const run = useEffectEvent((id: string) => offered.find((command) => command.id === id)?.run())
  const withIcons = useEffectEvent(() => offered.map((command) => ({ ...command, run: () => run(command.id) })))
  const described = JSON.stringify(offered.map(({ icon: _, ...command }) => command))
  useEffect(() => commands.register(withIcons()), [described])
}

/** Lets the command menu find things of this screen, from what is on the device. */
export function useCommandSource(id: string, find: CommandSource['find']): void {
  // Asked while the menu renders, where an effect event may not be called.
  const current = useRef(find)
  useLayoutEffect(() => void (current.current = find))
  useEffect(() => commands.addSource({ id, find: (query) => current.current(query) }), [id])
}
