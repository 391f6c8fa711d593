/** A name that every system takes, from a title. */
export function fileName(title: string, type: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80)
    .replace(/[. ]+$/, '')
    .replace(/^\.+/, '')
  return `${plain === '' ? 'content' : plain}.${type.includes('zip') ? 'zip' : 'md'}`
}

/** What the system's dialog offers. */
export const IMPORTED = '.md,.markdown,.txt,.zip,text/markdown,text/plain,application/zip'

/** Beyond that no request is taken; the server has limits of its own within. */
const LARGEST = 1_000_000
const LARGEST_ARCHIVE = 104_857_600

/** A file of Markdown with its media beside it. */
export const isArchive = ({ name }: Pick<File, 'name'>) => /\.zip$/i.test(name)

/** Why a file cannot be imported, as far as one sees it from outside. */
export function objectionTo({ name, size }: Pick<File, 'name' | 'size'>): string | undefined {
  if (isArchive({ name })) return size > LARGEST_ARCHIVE ? 'The archive is larger than 100 MB.' : undefined
  if (!/\.(?:md|markdown|txt)$/i.test(name))
    return 'Only files of Markdown are imported: .md, .markdown or .txt, or a .zip of one with its media.'
  if (size === 0) return 'The file is empty.'
  if (size > LARGEST) return 'The file is larger than 1 MB. Divide it into several.'
  return undefined
}

/** A file of which nothing can be made; the message says why. */
export class Unusable extends Error {}

/** The text of a file. */
export async function textOfFile(file: Pick<Blob, 'arrayBuffer'>): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch (error) {
    if (error instanceof TypeError) throw new Unusable('The file is not text in UTF-8.')
    throw new Unusable('The file could not be read. It may have been moved or deleted.')
  }
}

/** What a file is called without its ending: its title where the text says none. */
export const nameWithoutEnding = (name: string): string => name.replace(/\.[^.]+$/, '')
