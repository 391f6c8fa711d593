import { Paperclip, type LucideIcon } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '@/components/IconButton'

interface ChooseFilesProps {
  onFiles: (files: readonly File[]) => void
  label?: string
  icon?: LucideIcon
  /** Which ones the system's dialog offers: `image/*`. */
  accept?: string
}

/** Opens the system's dialog for files. */
export function ChooseFiles({ onFiles, label = 'Attach files', icon = Paperclip, accept }: ChooseFilesProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton icon={icon} label={label} size="small" onClick={() => field.current?.click()} />
      <input
        ref={field}
        type="file"
        multiple
        hidden
        {...(accept !== undefined && { accept })}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])])
          // The same one again is another choice.
          target.value = ''
        }}
      />
    </>
  )
}
