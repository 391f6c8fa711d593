import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** How far from the end one may be and still count as reading the newest. */
const NEAR = 80

interface StickToEnd {
  scroller: RefObject<HTMLDivElement | null>
  /** Something arrived below while the reader was further up. */
  hasNewBelow: boolean
  onScroll: () => void
  toEnd: () => void
}

/**
 * Keeps a list at its end while its reader is there, and in place while he reads further up: neither a new message
 * below nor an older page above moves what is under his eyes.
 */
export function useStickToEnd(first: string | undefined, last: string | undefined): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null)
  const place = useRef({ atEnd: true, fromEnd: 0, first, last })
  const [hasNewBelow, setHasNewBelow] = useState(false)

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (!element) return
    element.scrollTop = element.scrollHeight
    place.current.atEnd = true
    setHasNewBelow(false)
  }, [])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (!element) return
    place.current.fromEnd = element.scrollHeight - element.scrollTop
    place.current.atEnd = place.current.fromEnd - element.clientHeight <= NEAR
    if (place.current.atEnd) setHasNewBelow(false)
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    const known = place.current
    if (!element) return
    const cameAbove = known.first !== first && known.last === last
    const cameBelow = known.last !== last && known.last !== undefined
    place.current = { ...known, first, last }
    if (known.atEnd) element.scrollTop = element.scrollHeight
    else if (cameAbove) element.scrollTop = element.scrollHeight - known.fromEnd
    else if (cameBelow) setHasNewBelow(true)
  }, [first, last])

  // The list also grows and shrinks by itself: fonts arrive, the window turns, the keyboard of a phone opens.
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      if (place.current.atEnd) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    if (element.firstElementChild) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [])

  return { scroller, hasNewBelow, onScroll, toEnd }
}
