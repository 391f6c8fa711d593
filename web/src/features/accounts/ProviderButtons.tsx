import { useQuery } from '@tanstack/react-query'
import { LogIn } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/Button'
import { Notice } from '@/components/Notice'
import { describe } from '@/components/problem-form'
import { goToProvider, providers, type Errand } from './providers'

interface ProviderButtonsProps {
  errand: Errand
  /** Only these, by their ids; all when left out. */
  only?: readonly string[]
  /** What a button says of its provider. */
  label?: (name: string) => string
}

/** The ways out to the configured providers; nothing where there is none. */
export function ProviderButtons({ errand, only, label = (name) => `Continue with ${name}` }: ProviderButtonsProps) {
  const { data } = useQuery(providers)
  const [leaving, setLeaving] = useState<string>()
  const [failure, setFailure] = useState<string>()
  const shown = data?.items.filter(({ id }) => only?.includes(id) ?? true) ?? []
  if (shown.length === 0) return null

  const leave = async (id: string) => {
    setFailure(undefined)
    setLeaving(id)
    try {
      await goToProvider(id, errand)
    } catch (error) {
      setFailure(describe(error))
      setLeaving(undefined)
    }
  }

  return (
    <div className="flex flex-col gap-3">
      {shown.map(({ id, name }) => (
        <Button key={id} size="large" busy={leaving === id} onClick={() => void leave(id)}>
          {leaving !== id && <LogIn aria-hidden className="size-4" />}
          {label(name)}
        </Button>
      ))}
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
    </div>
  )
}
