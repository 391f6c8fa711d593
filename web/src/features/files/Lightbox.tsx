import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { Attachment } from '@/api/types'
import { dialogLook } from '@/components/Dialog'
import { IconButton } from '@/components/IconButton'
import { Picture } from './Attachments'
import { Film } from './Film'
import { isFilm } from './kinds'

interface LightboxProps {
  pictures: readonly Attachment[]
  /** Which of them; undefined: none. */
  shown: number | undefined
  onShow: (index: number | undefined) => void
}

const whole = 'max-h-full max-w-full rounded-lg object-contain'

/** One picture or film over everything; arrow keys lead to the others, Escape back. */
export function Lightbox({ pictures, shown, onShow }: LightboxProps) {
  const picture = shown === undefined ? undefined : pictures[shown]
  const step = (by: number) => shown !== undefined && onShow((shown + by + pictures.length) % pictures.length)
  return (
    <Radix.Root open={picture !== undefined} onOpenChange={(open) => !open && onShow(undefined)}>
      <Radix.Portal>
        <Radix.Overlay className={dialogLook.overlay} />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            // On the picture itself: a button would show its tooltip, which the first Escape would close instead.
            event.preventDefault()
            if (event.target instanceof HTMLElement) event.target.focus()
          }}
          onKeyDown={({ key }) => {
            if (key === 'ArrowRight') step(1)
            if (key === 'ArrowLeft') step(-1)
          }}
          className="fixed inset-0 z-50 flex animate-fade flex-col gap-3 p-4 outline-none max-sm:p-2"
        >
          <div className="flex items-center gap-1 rounded-lg border border-line bg-raised py-1 pr-1 pl-3 shadow-near">
            <Radix.Title className="min-w-0 flex-1 truncate text-sm font-medium">{picture?.name}</Radix.Title>
            {pictures.length > 1 && (
              <>
                <span className="px-1 text-xs text-ink-soft tabular-nums">
                  {(shown ?? 0) + 1} of {pictures.length}
                </span>
                <IconButton icon={ChevronLeft} label="The picture before" onClick={() => step(-1)} />
                <IconButton icon={ChevronRight} label="The next picture" onClick={() => step(1)} />
              </>
            )}
            <Radix.Close asChild>
              <IconButton icon={X} label="Close" />
            </Radix.Close>
          </div>
          <div className="flex min-h-0 flex-1 items-center justify-center">
            {picture &&
              (isFilm(picture) ? (
                <Film key={picture.id} film={picture} controls className={whole} />
              ) : (
                <Picture key={picture.id} picture={picture} className={whole} />
              ))}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
