import { useId, useState, type KeyboardEvent, type RefObject } from 'react'
import { matching, queryAt, type Mentionable } from '@/lib/mentions'
import { replaceIn } from './formatting'

interface Mentioning {
  listId: string
  found: readonly Mentionable[]
  current: number
  /** What is typed and where the caret is may have changed. */
  look: (field: HTMLTextAreaElement) => void
  close: () => void
  choose: (person: Mentionable) => void
  /** True when the key was meant for the list. */
  onKeyDown: (event: KeyboardEvent) => boolean
}

/** Names to complete after an @, in a field of text. */
export function useMentioning(
  field: RefObject<HTMLTextAreaElement | null>,
  people: readonly Mentionable[],
): Mentioning {
  const listId = useId()
  const [wanted, setWanted] = useState<{ at: number; query: string }>()
  const [current, setCurrent] = useState(0)
  const found = wanted ? matching(people, wanted.query) : []

  const close = () => setWanted(undefined)
  const choose = (person: Mentionable) => {
    const { current: element } = field
    if (!element || !wanted) return
    const caret = element.selectionStart
    const insert = `@${person.name} `
    const to = element.value[caret] === ' ' ? caret + 1 : caret
    const end = wanted.at + insert.length
    replaceIn(element, { from: wanted.at, to, insert, select: [end, end] })
    close()
  }

  return {
    listId,
    found,
    current: Math.min(current, found.length - 1),
    close,
    choose,
    look: (element) => {
      const next =
        element.selectionStart === element.selectionEnd ? queryAt(element.value, element.selectionStart) : undefined
      if (next?.query !== wanted?.query) setCurrent(0)
      setWanted(next)
    },
    onKeyDown: (event) => {
      const person = found[Math.min(current, found.length - 1)]
      if (!person || event.nativeEvent.isComposing) return false
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step !== undefined) setCurrent((current + step + found.length) % found.length)
      else if (event.key === 'Enter' || event.key === 'Tab') choose(person)
      else if (event.key === 'Escape') close()
      else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }
}
