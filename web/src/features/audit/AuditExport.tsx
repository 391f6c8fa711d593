import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { Button } from '@/components/Button'
import { Menu, MenuItem } from '@/components/Menu'
import { toast } from '@/components/toasts'
import { describe } from '@/components/problem-form'
import { saveFile, today } from '@/lib/save-file'
import { exportTrail, type ExportFormat } from './api'
import type { AuditFilters } from './filters'

/** What the filters find, as a file. That it was taken out is recorded too. */
export function AuditExport({ workspaceId, filters }: { workspaceId?: string; filters: AuditFilters }) {
  const exporting = useMutation({
    mutationFn: async (format: ExportFormat) =>
      saveFile(`renexus-audit-${today()}.${format}`, await exportTrail(workspaceId, filters, format)),
    onSuccess: () => toast({ message: 'The file is in your downloads.', tone: 'success' }),
    onError: (error) => toast({ message: describe(error), tone: 'danger' }),
  })

  return (
    <Menu
      align="end"
      trigger={
        <Button size="small" busy={exporting.isPending}>
          {!exporting.isPending && <Download aria-hidden className="size-4" />}
          Export
        </Button>
      }
    >
      <MenuItem onSelect={() => exporting.mutate('csv')}>Table (CSV)</MenuItem>
      <MenuItem onSelect={() => exporting.mutate('jsonl')}>For programs (JSON lines)</MenuItem>
    </Menu>
  )
}
