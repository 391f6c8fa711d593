import { lazy, Suspense } from 'react'
import { LoadingState } from '@/components/LoadingState'
import type { DocumentEditorProps } from './types'

export type { CommentedSelection, CommentPlace, DocumentEditorProps, ImageActions, InsertedImage } from './types'
export type { PictureAddress } from './picture'

/** The editor and all that it needs are loaded when a text is opened. */
const Loaded = lazy(async () => ({ default: (await import('./DocumentEditor')).DocumentEditor }))

export const DocumentEditor = (props: DocumentEditorProps) => (
  <Suspense fallback={<LoadingState label="Loading the editor" rows={8} />}>
    <Loaded {...props} />
  </Suspense>
)
