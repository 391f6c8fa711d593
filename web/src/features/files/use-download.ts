import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Attachment } from '@/api/types'
import { describe } from '@/components/problem-form'
import { toast } from '@/components/toasts'
import { followLink } from '@/lib/save-file'
import { fileWith } from './api'
import { reachable } from './links'

/** Has the browser save a file, by an address that is good now. */
export function useDownload({ id, name }: Pick<Attachment, 'id' | 'name'>) {
  const cache = useQueryClient()
  const [isSaving, setSaving] = useState(false)
  const saveNow = async () => {
    setSaving(true)
    try {
      const { downloadUrl } = await cache.query(fileWith(id))
      if (downloadUrl != null) followLink(reachable(downloadUrl))
    } catch (error) {
      toast({ tone: 'danger', message: `${name} could not be downloaded. ${describe(error)}` })
    } finally {
      setSaving(false)
    }
  }
  return { isSaving, save: () => void saveNow() }
}
