import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useOpenPanel } from '@/components/SidePanel'
import type { Commenting } from '@/features/content/commenting'
import type { CommentedSelection } from '@/features/content/editor'

/** The comment that is open stands in the address, so that notifications and links lead to it; the panel shows it. */
export function useCommenting(workspaceId: string, itemId: string): Commenting {
  const { comment: current } = useSearch({ from: '/member/w/$workspaceId/c/$itemId' })
  const navigate = useNavigate()
  const openPanel = useOpenPanel()
  const [begun, setBegun] = useState<{ itemId: string; selection: CommentedSelection }>()
  const [asked, setAsked] = useState(0)

  const open = useCallback(
    (id: string | undefined, byKey = false) => {
      if (id !== undefined) {
        openPanel()
        setBegun(undefined)
      }
      setAsked((times) => (byKey ? times + 1 : 0))
      void navigate({
        to: '/w/$workspaceId/c/$itemId',
        params: { workspaceId, itemId },
        search: id === undefined ? {} : { comment: id },
        replace: true,
      })
    },
    [navigate, openPanel, workspaceId, itemId],
  )
  const begin = useCallback(
    (selection: CommentedSelection | undefined) => {
      if (selection) openPanel()
      setBegun(selection && { itemId, selection })
    },
    [openPanel, itemId],
  )

  // Whoever comes by a link to a comment wants to see it.
  const show = useEffectEvent(openPanel)
  useEffect(() => {
    if (current !== undefined) show()
  }, [itemId, current])

  const selection = begun?.itemId === itemId ? begun.selection : undefined
  return useMemo(() => ({ current, asked, begun: selection, open, begin }), [current, asked, selection, open, begin])
}
