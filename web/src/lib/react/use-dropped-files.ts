import { useEffect, useEffectEvent, useState, type RefObject } from 'react'

/**
 * Takes files that are dropped on an element. True while some are held over it. Dropping is a second way: there must be another for those who have no pointer, so nothing
 * on the element says that it takes them.
 */
export function useDroppedFiles(place: RefObject<HTMLElement | null>, onFiles: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false)
  const take = useEffectEvent(onFiles)
  useEffect(() => {
    const element = place.current
    if (!element) return
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setOver(true)
    }
    const leave = () => setOver(false)
    const drop = (event: DragEvent) => {
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      take(files)
    }
    element.addEventListener('dragover', over)
    element.addEventListener('dragleave', leave)
    element.addEventListener('drop', drop)
    return () => {
      element.removeEventListener('dragover', over)
      element.removeEventListener('dragleave', leave)
      element.removeEventListener('drop', drop)
    }
  }, [place])
  return isOver
}
