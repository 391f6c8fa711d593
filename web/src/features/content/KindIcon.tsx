import { Clapperboard, FileText, MessageSquareText } from 'lucide-react'
import { nameOfKind } from './words'

const icons: Readonly<Record<string, typeof FileText>> = {
  post: MessageSquareText,
  article: FileText,
  video: Clapperboard,
}

export function KindIcon({ kind }: { kind: string }) {
  const Icon = icons[kind] ?? FileText
  return (
    <span title={nameOfKind(kind)} className="inline-flex shrink-0">
      <Icon aria-hidden className="size-4 text-ink-soft" />
      <span className="sr-only">{nameOfKind(kind)}: </span>
    </span>
  )
}
