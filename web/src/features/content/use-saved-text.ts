import { useEffect, useEffectEvent, useRef, useState } from 'react'

const SAVE_AFTER = 600

interface SavedText {
  text: string
  onChange: (text: string) => void
  /** Saves what is not saved yet, at once. */
  flush: () => void
}

/**
 * A text that is saved a moment after its person stops typing, and when they leave. What comes from elsewhere is taken while nothing
 * typed here waits to be saved.
 */
export function useSavedText(saved: string, save: (text: string) => void): SavedText {
  const [typed, setTyped] = useState<string>()
  const pending = useRef<string>(undefined)

  const flush = () => {
    const text = pending.current
    pending.current = undefined
    if (text !== undefined && text !== saved) save(text)
    setTyped(undefined)
  }
  const onFlush = useEffectEvent(flush)

  useEffect(() => {
    if (typed === undefined) return
    const timer = setTimeout(() => onFlush(), SAVE_AFTER)
    return () => clearTimeout(timer)
  }, [typed])

  useEffect(() => {
    const leave = () => onFlush()
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      onFlush()
    }
  }, [])

  return {
    text: typed ?? saved,
    onChange: (text) => {
      setTyped(text)
      pending.current = text
    },
    flush,
  }
}
