import { useNavigate } from '@tanstack/react-router'
import { Keyboard, MessagesSquare, Monitor, Moon, Search, Sun } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { RegionBoundary } from '@/components/RegionBoundary'
import { commands, type Command } from '@/lib/commands'
import { useCommands } from '@/lib/react/use-commands'
import { useStore } from '@/lib/react/use-store'
import { chooseTheme, theme, type Theme } from '@/lib/theme'

const loadMenu = () => import('./CommandMenu').then(({ CommandMenu }) => ({ default: CommandMenu }))
const loadSheet = () => import('./ShortcutSheet').then(({ ShortcutSheet }) => ({ default: ShortcutSheet }))
const CommandMenu = lazy(loadMenu)
const ShortcutSheet = lazy(loadSheet)

const FETCH_AHEAD_AFTER = 3_000

const themes: readonly { value: Theme; title: string; icon: unknown }[] = [
  { value: 'light', title: 'Light theme', icon: Sun },
  { value: 'dark', title: 'Dark theme', icon: Moon },
  { value: 'system', title: 'Theme like the system', icon: Monitor },
]

/** The keyboard's way to everything: listens for keys, and holds the command menu and the sheet of keys. */
export function CommandCentre() {
  const navigate = useNavigate()
  const chosen = useStore(theme)
  const [open, setOpen] = useState<'menu' | 'sheet'>()
  const close = () => setOpen(undefined)

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // An open dialog or menu has the keyboard for itself.
      if (!document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')) commands.handle(event)
    }
    window.addEventListener('keydown', onKeyDown)
    // Fetched while there is a connection, because offline is when one wants to look around.
    const timer = setTimeout(
      () => void Promise.all([loadMenu(), loadSheet()]).catch(() => undefined),
      FETCH_AHEAD_AFTER,
    )
    return () => {
      window.removeEventListener('keydown', onKeyDown)
      clearTimeout(timer)
    }
  }, [])

  useCommands([
    {
      id: 'menu.open',
      title: 'Find anything',
      section: 'General',
      keys: ['Mod+K', '/'],
      icon: Search,
      keysOnly: true,
      run: () => setOpen('menu'),
    },
    {
      id: 'keys.show',
      title: 'Show all keys',
      keywords: 'shortcuts help keyboard',
      section: 'General',
      keys: ['?', 'Mod+/'],
      icon: Keyboard,
      run: () => setOpen('sheet'),
    },
    {
      id: 'go.home',
      title: 'Threads',
      keywords: 'home start list',
      section: 'Go to',
      icon: MessagesSquare,
      run: () => void navigate({ to: '/' }),
    },
    ...themes
      .filter(({ value }) => value !== chosen)
      .map(({ value, title, icon }): Command => ({
        id: `theme.${value}`,
        title,
        keywords: 'appearance colour mode',
        section: 'View',
        icon,
        run: () => chooseTheme(value),
      })),
  ])

  return (
    <RegionBoundary name="The command menu" resetOn={open}>
      <Suspense fallback={null}>
        {open === 'menu' && <CommandMenu open onOpenChange={close} />}
        {open === 'sheet' && <ShortcutSheet open onOpenChange={close} />}
      </Suspense>
    </RegionBoundary>
  )
}
