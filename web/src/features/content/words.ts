import type { Tone } from '@/components/Badge'

/** What is said on screen of kinds, statuses and fields. What this version of the app does not know is shown as the server calls it. */

export const kinds = ['post', 'article', 'video'] as const

const kindNames: Readonly<Record<string, string>> = { post: 'Post', article: 'Article', video: 'Video' }

export const nameOfKind = (kind: string): string => kindNames[kind] ?? kind

/** In the order in which content goes through them. */
export const statuses = ['draft', 'in_review', 'approved', 'scheduled', 'published', 'failed'] as const

const statusNames: Readonly<Record<string, string>> = {
  draft: 'Draft',
  in_review: 'In review',
  approved: 'Approved',
  scheduled: 'Scheduled',
  published: 'Published',
  failed: 'Failed',
}

export const nameOfStatus = (status: string): string => statusNames[status] ?? status

const statusTones: Readonly<Record<string, Tone>> = {
  draft: 'neutral',
  in_review: 'warning',
  approved: 'accent',
  scheduled: 'info',
  published: 'success',
  failed: 'danger',
}

export const toneOfStatus = (status: string): Tone => statusTones[status] ?? 'unknown'

const fieldNames: Readonly<Record<string, string>> = {
  body: 'the text',
  title: 'the title',
  kind: 'the kind',
  labels: 'the labels',
  assigneeId: 'who works on it',
  assignee: 'who works on it',
  status: 'the status',
  media: 'the media',
  variants: 'the texts for platforms',
  plannedAt: 'the planned date',
  approval: 'the approval',
}

/** “the title and the text” */
export function namesOfFields(fields: readonly string[]): string {
  const names = [...new Set(fields.map((field) => fieldNames[field] ?? field))]
  const last = names.pop()
  if (last === undefined) return 'nothing'
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`
}
