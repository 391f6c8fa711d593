import MarkdownIt, { type Token } from 'markdown-it'
import type { ReactNode } from 'react'
import { createElement, Fragment } from 'react'
import { mentionedBy } from '@/lib/mentions'
import { MentionMark } from './MentionMark'
import { Address, MessageLink } from './MessageLink'

/**
 * Markdown to elements. Nothing becomes HTML on the way: each kind of token that is known here makes one element,
 * text stays text, and what is not known shows as what was written. So no message can bring a tag, a handler or a
 * script, and there is nothing to clean afterwards.
 */
const parser = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false })
// A picture from elsewhere would tell its host who reads when; written so, it becomes a link.
parser.disable('image')
// Only what is written as an address is one: "renexus.md" is a file, not a site.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
parser.validateLink = (address) => /^(?:https?:|mailto:|user:)/i.test(address.trim())

/** The elements that tokens with a beginning and an end make, with how they look. */
const elements: Readonly<Record<string, readonly [tag: string, look: string]>> = {
  paragraph: ['p', ''],
  // A heading in a message is no heading of the page.
  heading: ['p', 'font-semibold'],
  blockquote: ['blockquote', 'border-l-3 border-line-control pl-3 text-ink-soft'],
  bullet_list: ['ul', 'list-disc pl-6'],
  ordered_list: ['ol', 'list-decimal pl-7'],
  list_item: ['li', ''],
  table: ['table', 'w-max max-w-full border-collapse text-sm'],
  thead: ['thead', ''],
  tbody: ['tbody', ''],
  tr: ['tr', ''],
  th: ['th', 'border border-line px-2 py-1 text-left font-semibold'],
  td: ['td', 'border border-line px-2 py-1'],
  strong: ['strong', 'font-semibold'],
  em: ['em', ''],
  s: ['s', ''],
}

/** More than anybody marks up in one message: a text that is made to stall its readers shows as it is. */
const MOST_TOKENS = 5_000
/** Deeper than anybody writes. Beyond its own limit the parser leaves things out, so such a text shows as it is. */
const DEEPEST = 40
Object.assign(parser.options, { maxNesting: DEEPEST })

export function renderMarkdown(source: string): ReactNode {
  const tokens = parser.parse(source, {})
  const count = tokens.reduce((sum, { children }) => sum + 1 + (children?.length ?? 0), 0)
  if (count > MOST_TOKENS || tokens.some(({ level }) => level >= DEEPEST - 1))
    return <p className="whitespace-pre-wrap">{source}</p>
  return tree(tokens)
}

/** The elements of a run of tokens. */
function tree(tokens: readonly Token[]): ReactNode[] {
  const nodes: ReactNode[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token) break
    if (token.nesting !== 1) {
      nodes.push(<Fragment key={at}>{leaf(token)}</Fragment>)
      continue
    }
    const end = endOf(tokens, at)
    nodes.push(<Fragment key={at}>{branch(token, tree(tokens.slice(at + 1, end)))}</Fragment>)
    at = end
  }
  return nodes
}

function endOf(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let at = start; at < tokens.length; at++) {
    depth += tokens[at]?.nesting ?? 0
    if (depth === 0) return at
  }
  return tokens.length
}

function branch(token: Token, children: ReactNode[]): ReactNode {
  const name = token.type.replace(/_open$/, '')
  if (name === 'link') return link(String(token.attrGet('href')), children, token.info === 'auto')
  // Paragraphs of a tight list are not shown as such.
  if (name === 'paragraph' && token.hidden) return children
  const known = elements[name]
  if (!known) return children
  const [tag, look] = known
  const start = name === 'ordered_list' ? Number(token.attrGet('start') ?? 1) : undefined
  const element = createElement(tag, { className: look, ...(start !== undefined && { start }) }, children)
  return name === 'table' ? <div className="max-w-full overflow-x-auto">{element}</div> : element
}

function link(href: string, children: ReactNode[], isBare: boolean): ReactNode {
  const mentioned = mentionedBy(href)
  if (mentioned !== undefined) return <MentionMark userId={mentioned}>{children}</MentionMark>
  // A link to nobody is what was written and leads nowhere.
  if (href.startsWith('user:')) return children
  // What somebody gave words of his own keeps them.
  return isBare ? <Address href={href}>{children}</Address> : <MessageLink href={href}>{children}</MessageLink>
}

function leaf(token: Token): ReactNode {
  switch (token.type) {
    case 'inline':
      return tree(token.children ?? [])
    case 'softbreak':
    case 'hardbreak':
      return <br />
    case 'hr':
      return <hr className="my-2 border-line" />
    case 'code_inline':
      return <code className="rounded-sm bg-hover px-1 py-0.5 font-mono text-[0.85em]">{token.content}</code>
    case 'code_block':
    case 'fence':
      return <CodeBlock>{token.content.replace(/\n$/, '')}</CodeBlock>
    default:
      return token.content
  }
}

/** Wider than the screen it scrolls, also by keyboard. */
const CodeBlock = ({ children }: { children: string }) => (
  <pre
    tabIndex={0}
    role="region"
    aria-label="Code"
    className="overflow-x-auto rounded-lg border border-line bg-ground px-3 py-2 font-mono text-[0.8125rem] leading-normal"
  >
    <code>{children}</code>
  </pre>
)
