import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonLook } from '@/components/Button'
import { State } from '@/components/State'

export const NotFoundScreen = () => (
  <main className="h-full">
    <State
      icon={Compass}
      level={1}
      title="There is nothing at this address"
      action={
        <Link to="/" className={buttonLook({ variant: 'primary' })}>
          Go to your workspace
        </Link>
      }
    />
  </main>
)
