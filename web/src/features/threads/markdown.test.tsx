import { render } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { ContentInMessages } from './link-chips'
import { renderMarkdown } from './markdown'

const shown = (source: string) => render(<div>{renderMarkdown(source)}</div>).container.firstElementChild as HTMLElement

describe('what people write', () => {
  it.each([
    ['**bold** and _italic_', '<p><strong>bold</strong> and <em>italic</em></p>'],
    ['`a < b`', '<p><code>a &lt; b</code></p>'],
    ['one\ntwo', '<p>one<br>two</p>'],
    ['~~gone~~', '<p><s>gone</s></p>'],
    ['> quoted', '<blockquote><p>quoted</p></blockquote>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['3. c', '<ol start="3"><li>c</li></ol>'],
    ['# Not a heading of the page', '<p>Not a heading of the page</p>'],
    ['2 * 3 * 4', '<p>2 * 3 * 4</p>'],
  ])('%j', (source, expected) => {
    const html = shown(source).innerHTML.replaceAll(/ class="[^"]*"/g, '')
    expect(html).toBe(expected)
  })

  it('keeps code as it is', () => {
    const code = shown('```html\n<b>1</b>\n  2\n```').querySelector('pre code')
    expect(code?.textContent).toBe('<b>1</b>\n  2')
  })

  it('opens foreign links beside, without telling where from', () => {
    const link = shown('see https://example.com/a?b=c').querySelector('a')
    expect(link?.getAttribute('href')).toBe('https://example.com/a?b=c')
    expect(link?.target).toBe('_blank')
    expect(link?.rel).toContain('noopener')
    expect(link?.rel).toContain('noreferrer')
  })

  it('shows content that is named by its address, and leaves a link with words of its own alone', () => {
    const id = '0192f0c1-1111-7000-8000-000000000001'
    const address = `${location.origin}/w/${id}/c/${id}`
    const { container } = render(
      <ContentInMessages value={({ itemId }) => <b>{itemId}</b>}>
        {renderMarkdown(`${address} and [this](${address}) and ${location.origin}/w/${id}`)}
      </ContentInMessages>,
    )
    expect(container.querySelector('b')?.textContent).toBe(id)
    expect([...container.querySelectorAll('a')].map(({ textContent }) => textContent)).toEqual([
      'this',
      `${location.origin}/w/${id}`,
    ])
  })

  it('shows a picture as a link: nothing is fetched from elsewhere', () => {
    const element = shown('![a cat](https://example.com/cat.png)')
    expect(element.querySelector('img')).toBeNull()
    expect(element.querySelector('a')?.textContent).toBe('a cat')
  })

  it('survives what is nested without end, and what is as long as a message may be', () => {
    expect(shown('>'.repeat(5_000) + 'x').textContent).toContain('x')
    expect(shown('a*'.repeat(25_000)).textContent).toHaveLength(50_000)
    expect(shown('['.repeat(20_000)).textContent).toHaveLength(20_000)
  })
})

/** What has got through other renderers, in all the dress it comes in. */
const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<svg><script>alert&#40;1)</script>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '<details open ontoggle=alert(1)>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<style>@import "https://evil.example/x.css";</style>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<form action="https://evil.example"><input name=password></form>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="javascript:alert(1)">',
  '<template><img src=x onerror=alert(1)></template>',
  '<x style="background:url(javascript:alert(1))">',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](javascript&#58;alert(1))',
  '[x](&#x6A;avascript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](data:image/svg+xml,<svg onload=alert(1)>)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://example.com/1)',
  '[x](//evil.example)',
  '[x](\\\\evil.example\\share)',
  '[x](https://example.com "onmouseover=alert(1)")',
  '[x](https://example.com" onmouseover="alert(1))',
  '[x](<javascript:alert(1)>)',
  '<javascript:alert(1)>',
  '<https://example.com/"onmouseover="alert(1)>',
  '![x](javascript:alert(1))',
  '![x](https://evil.example/pixel.png)',
  '![x][y]\n\n[y]: https://evil.example/pixel.png',
  '[x][y]\n\n[y]: javascript:alert(1)',
  '[y]: javascript:alert(1) "x"\n[y]',
  '`<img src=x onerror=alert(1)>`',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```html onload=alert(1)\n<script>alert(1)</script>\n```',
  '# <img src=x onerror=alert(1)>',
  '| <img src=x onerror=alert(1)> | b |\n|:-:"onload=alert(1)|---|\n| c | [d](javascript:alert(1)) |',
  '1. <img src=x onerror=alert(1)>',
  '> <script>alert(1)</script>',
  'https://example.com/<script>alert(1)</script>',
  'https://example.com/"><img/src=x onerror=alert(1)>',
  'mailto:a@example.com?body="><script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\u202Ehttps://example.com/gpj.exe',
]

const TAGS = new Set('DIV P STRONG EM S CODE PRE BR HR A UL OL LI BLOCKQUOTE TABLE THEAD TBODY TR TH TD'.split(' '))
const ATTRIBUTES = new Set(['class', 'href', 'target', 'rel', 'start', 'tabindex', 'role', 'aria-label'])

describe('what some people try', () => {
  it.each(attacks)('%j', (attack) => {
    for (const source of [attack, `text ${attack} text`, `**${attack}**`, `- ${attack}`, `> ${attack}`]) {
      for (const element of shown(source).querySelectorAll('*')) {
        expect(TAGS).toContain(element.tagName)
        for (const { name } of element.attributes) expect(ATTRIBUTES).toContain(name)
        if (element instanceof HTMLAnchorElement) expect(['https:', 'http:', 'mailto:']).toContain(element.protocol)
      }
    }
  })
})
