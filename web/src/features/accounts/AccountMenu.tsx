import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LogOut, Monitor, Moon, Settings, ShieldCheck, Sun } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '@/components/Menu'
import { describe } from '@/components/problem-form'
import { useStore } from '@/lib/react/use-store'
import { theme, type Theme } from '@/lib/theme'
import { me, signOut } from './api'
import { changePreferences } from './stored-preferences'

const themes = [
  { value: 'system', label: 'Like the system', icon: <Monitor aria-hidden className="size-4" /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden className="size-4" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden className="size-4" /> },
] as const satisfies { value: Theme; label: string; icon: ReactNode }[]

type AccountMenuProps = Pick<ComponentProps<typeof Menu>, 'trigger' | 'side' | 'align'>

/** Who is signed in, how the app looks, the ways to the settings, and the way out. */
export function AccountMenu(props: AccountMenuProps) {
  const { data: user } = useSuspenseQuery(me)
  const leave = useMutation({ mutationFn: () => signOut() })

  return (
    <Menu {...props}>
      <div className="px-2.5 pt-1.5 pb-2">
        <p className="truncate text-sm font-medium">{user.name}</p>
        <p className="truncate text-xs text-ink-soft">{user.email}</p>
      </div>
      <MenuSeparator />
      <MenuItem asChild>
        <Link to="/settings/profile">
          <Settings aria-hidden className="size-4" />
          Settings
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link to="/settings/security">
          <ShieldCheck aria-hidden className="size-4" />
          Security and devices
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuChoice
        label="Appearance"
        value={useStore(theme)}
        options={themes}
        onChange={(chosen) => changePreferences({ theme: chosen })}
      />
      <MenuSeparator />
      <MenuItem
        onSelect={(event) => {
          // The menu stays, to say if it did not work.
          event.preventDefault()
          leave.mutate()
        }}
      >
        <LogOut aria-hidden className="size-4" />
        {leave.isPending ? 'Signing out…' : 'Sign out'}
      </MenuItem>
      {leave.isError && (
        <p role="alert" className="max-w-56 px-2.5 pt-1 pb-1.5 text-xs text-danger">
          You are still signed in. {describe(leave.error)}
        </p>
      )}
    </Menu>
  )
}
