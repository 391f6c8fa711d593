import { expect, it } from 'vitest'
import { fileName, nameWithoutEnding, objectionTo, textOfFile } from './markdown-files'

it.each([
  ['Spring launch', 'text/markdown;charset=utf-8', 'Spring launch.md'],
  ['What / how: "when"?', 'text/markdown', 'What how when.md'],
  ['…and then...', 'application/zip', '…and then.zip'],
  ['..', 'text/markdown', 'content.md'],
  ['.hidden', 'text/markdown', 'hidden.md'],
  ['x'.repeat(200), 'text/markdown', `${'x'.repeat(80)}.md`],
])('names the file of %j so that every system takes it', (title, type, name) => {
  expect(fileName(title, type)).toBe(name)
})

it('says what cannot be imported before it is sent', () => {
  expect(objectionTo({ name: 'Plan.MD', size: 12 })).toBeUndefined()
  expect(objectionTo({ name: 'plan.docx', size: 12 })).toContain('.md')
  expect(objectionTo({ name: 'plan.md', size: 0 })).toContain('empty')
  expect(objectionTo({ name: 'plan.md', size: 2_000_000 })).toContain('1 MB')
})

it('reads text, without the mark at its beginning, and nothing else', async () => {
  const file = (bytes: Uint8Array) => ({ arrayBuffer: () => Promise.resolve(bytes.buffer as ArrayBuffer) })
  expect(await textOfFile(file(Uint8Array.of(0xef, 0xbb, 0xbf, 0x23, 0x20, 0x61)))).toBe('# a')
  await expect(textOfFile(file(Uint8Array.of(0xff, 0xfe, 0x00)))).rejects.toThrow('UTF-8')
})

it('takes the title from the name of the file', () => {
  expect(nameWithoutEnding('Spring 1.2 launch.md')).toBe('Spring 1.2 launch')
})
