import { useState } from 'react'
import { keep, kept } from '@/lib/screen-state'

/** State that survives a reload of this tab. Values of another kind than the initial one are forgotten. */
export function useKept<T extends boolean | number | string>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState(() =>
    kept<T>(name, initial, (known): known is T => typeof known === typeof initial),
  )
  return [
    value,
    (next) => {
      setValue(next)
      keep(name, next)
    },
  ]
}
