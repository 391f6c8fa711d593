/** What one looks for in the trail; it stands in the address, so that a search can be kept and passed on. */
export interface AuditFilters {
  actor?: string
  action?: string
  resource?: string
  resourceId?: string
  /** Days, both included. */
  from?: string
  to?: string
}

const NAMES = ['actor', 'action', 'resource', 'resourceId', 'from', 'to'] as const

export const auditFilters = (search: Record<string, unknown>): AuditFilters =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      // The address may carry what looks like a number as one.
      const value = search[name]
      const text = typeof value === 'number' ? String(value) : value
      return typeof text === 'string' && text.trim() !== '' ? [[name, text.trim()]] : []
    }),
  )

/** The same as the server asks for it: moments instead of days. */
export function queryOf({ from, to, ...rest }: AuditFilters): Record<string, string | undefined> {
  return { ...rest, from: from && startOf(from), to: to && startOf(to, 1) }
}

/** Where a day begins on this device; what is no day filters nothing. */
function startOf(day: string, plusDays = 0): string | undefined {
  const start = new Date(`${day}T00:00`)
  start.setDate(start.getDate() + plusDays)
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString()
}
