export interface Difference {
  field: string
  before: string | undefined
  after: string | undefined
}

/** What a change did to a resource, field by field; what stayed the same is left out. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((field) => ({ field, before: old.get(field), after: fresh.get(field) }))
    .filter((difference) => difference.before !== difference.after)
}

function fieldsOf(value: unknown): Map<string, string> {
  if (value === null || value === undefined) return new Map()
  if (typeof value !== 'object' || Array.isArray(value)) return new Map([['value', write(value)]])
  return new Map(Object.entries(value).map(([field, content]) => [field, write(content)]))
}

const write = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
