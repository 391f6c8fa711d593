import type { ReactNode } from 'react'
import { ScreenHeader } from '@/components/ScreenHeader'
import { ConnectionStatus } from './ConnectionStatus'

interface SettingsPageProps {
  title: string
  /** The way back on a phone. */
  back?: ReactNode
  wide?: boolean
  children: ReactNode
}

/** A page of sections, one below the other. */
export const SettingsPage = ({ title, back, wide = false, children }: SettingsPageProps) => (
  <>
    <ScreenHeader title={title} back={back} actions={<ConnectionStatus />} />
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className={`mx-auto flex flex-col gap-8 p-6 max-md:p-4 ${wide ? 'max-w-5xl' : 'max-w-2xl'}`}>{children}</div>
    </div>
  </>
)
