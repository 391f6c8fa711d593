import type { FieldValues, Path, UseFormSetError } from 'react-hook-form'
import { Problem } from '@/lib/problem'

/** What to say about a failure that belongs to no field. */
export function describe(error: unknown): string {
  if (error instanceof Problem && error.code === 'rate_limited')
    return error.retryAfter === undefined
      ? 'Too many attempts. Wait a moment and try again.'
      : `Too many attempts. Try again in ${error.retryAfter} s.`
  if (error instanceof Problem && error.code === 'reauthentication_required')
    return 'Nothing has changed: this needs you to confirm that it is you.'
  if (error instanceof Problem) return error.message
  return 'The server cannot be reached. Check your connection and try again.'
}

/** Puts the server's verdict where the person looks for it: at the fields it names, else above the button. */
export function showProblem<T extends FieldValues>(
  error: unknown,
  fields: readonly Path<T>[],
  setError: UseFormSetError<T>,
): void {
  const named = error instanceof Problem ? fields.filter((field) => error.errors[field] !== undefined) : []
  for (const field of named)
    setError(field, { message: (error as Problem).errors[field]?.join(' ') ?? '' }, { shouldFocus: true })
  if (named.length === 0) setError('root', { message: describe(error) })
}
