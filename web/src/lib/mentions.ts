import { ID } from './ids'

/** Mentions as they stand in a message's body (docs/protocol.md, Mentions): a Markdown link to the person. */

export interface Mentionable {
  id: string
  name: string
}

const MENTION = new RegExp(`\\[@([^[\\]\\n]{1,200})\\]\\(user:(${ID})\\)`, 'gi')

const USER_LINK = new RegExp(`^user:(${ID})$`, 'i')

export const mentionOf = ({ id, name }: Mentionable): string =>
  `[@${name.replaceAll(/[[\]\\\s]+/g, ' ').trim()}](user:${id})`

/** Whom a link leads to, when it is a mention. */
export const mentionedBy = (href: string): string | undefined => USER_LINK.exec(href)?.[1]?.toLowerCase()

/** Who is mentioned in a body. */
export const mentionedIn = (body: string): string[] =>
  body.includes('](user:') ? [...body.matchAll(MENTION)].map(([, , id]) => (id ?? '').toLowerCase()) : []

/** A body as people read it: mentions by their names. */
export const readable = (body: string): string => (body.includes('](user:') ? body.replaceAll(MENTION, '@$1') : body)

/** A body as people write it, with the names of those they mean: the longest name first, so that "Ada" leaves "Ada L." alone. */
export function withMentions(text: string, people: readonly Mentionable[]): string {
  if (!text.includes('@')) return text
  const named = [...people].sort((one, other) => other.name.length - one.name.length)
  let body = ''
  for (let at = 0; at < text.length;) {
    const found = isStart(text, at) ? named.find(({ name }) => follows(text, at + 1, name)) : undefined
    body += found ? mentionOf(found) : (text[at] ?? '')
    at += found ? found.name.length + 1 : 1
  }
  return body
}

/** What is being typed after an @, and where the @ is; undefined when no name is being typed. */
export function queryAt(text: string, caret: number): { at: number; query: string } | undefined {
  const before = text.slice(0, caret)
  const at = before.lastIndexOf('@')
  if (at < 0 || !isStart(text, at)) return undefined
  const query = before.slice(at + 1)
  return query.length <= 30 && /^[^\s@]*(?: [^\s@]*)?$/.test(query) ? { at, query } : undefined
}

/** Those whose name, or a later part of it, begins so. */
export function matching(people: readonly Mentionable[], query: string, most = 6): Mentionable[] {
  const wanted = query.toLocaleLowerCase()
  const rank = ({ name }: Mentionable) => {
    const known = name.toLocaleLowerCase()
    return known.startsWith(wanted) ? 0 : known.includes(` ${wanted}`) ? 1 : 2
  }
  return people
    .filter((person) => rank(person) < 2)
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
    .slice(0, most)
}

/** An @ within a word, as in an address, mentions nobody; nor does one that is a mention already. */
const isStart = (text: string, at: number) => text[at] === '@' && (at === 0 || /[\s("'*_~]/.test(text[at - 1] ?? ''))

const follows = (text: string, at: number, name: string) =>
  text.slice(at, at + name.length).toLocaleLowerCase() === name.toLocaleLowerCase() &&
  !/[\p{L}\p{N}]/u.test(text[at + name.length] ?? '')
