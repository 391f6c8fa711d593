import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Keyboard, MessagesSquare, Monitor, Moon, Rows3, Rows4, Search, Sun } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { RegionBoundary } from '@/components/RegionBoundary'
import { me } from '@/features/accounts/api'
import { changePreferences } from '@/features/accounts/stored-preferences'
import { commands, type Command } from '@/lib/commands'
import { preferences, type Preferences } from '@/lib/preferences'
import { useCommands } from '@/lib/react/use-commands'
import { useStore } from '@/lib/react/use-store'
import { settingsPages } from '@/app/settings-pages'

const loadMenu = () => import('./CommandMenu').then(({ CommandMenu }) => ({ default: CommandMenu }))
const loadSheet = () => import('./ShortcutSheet').then(({ ShortcutSheet }) => ({ default: ShortcutSheet }))
const CommandMenu = lazy(loadMenu)
const ShortcutSheet = lazy(loadSheet)

const FETCH_AHEAD_AFTER = 3_000

const looks: readonly { id: string; title: string; icon: unknown; choice: Partial<Preferences> }[] = [
  { id: 'theme.light', title: 'Light theme', icon: Sun, choice: { theme: 'light' } },
  { id: 'theme.dark', title: 'Dark theme', icon: Moon, choice: { theme: 'dark' } },
  { id: 'theme.system', title: 'Theme like the system', icon: Monitor, choice: { theme: 'system' } },
  { id: 'density.comfortable', title: 'Comfortable density', icon: Rows3, choice: { density: 'comfortable' } },
  { id: 'density.compact', title: 'Compact density', icon: Rows4, choice: { density: 'compact' } },
]

const isChosen = (choice: Partial<Preferences>, { theme, density }: Preferences) =>
  choice.theme === theme || choice.density === density

/** The keyboard's way to everything: listens for keys, and holds the command menu and the sheet of keys. */
export function CommandCentre() {
  const navigate = useNavigate()
  const { data: user } = useSuspenseQuery(me)
  const chosen = useStore(preferences)
  const [open, setOpen] = useState<'menu' | 'sheet'>()
  const close = () => setOpen(undefined)
  const choose = (choice: Partial<Preferences>) => changePreferences(choice)

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
    ...settingsPages(user).map(({ to, label, icon }): Command => ({
      id: `settings${to.slice('/settings'.length).replace('/', '.')}`,
      title: `Settings: ${label}`,
      keywords: 'preferences account',
      section: 'Go to',
      icon,
      run: () => void navigate({ to }),
    })),
    ...looks
      .filter(({ choice }) => !isChosen(choice, chosen))
      .map(({ id, title, icon, choice }): Command => ({
        id,
        title,
        keywords: 'appearance colour mode spacing',
        section: 'View',
        icon,
        run: () => choose(choice),
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
