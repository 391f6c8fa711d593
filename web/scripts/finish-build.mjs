// Runs after `vite build`: checks the size budget (UI-1), then writes the compressed copies the server hands out.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const KB = 1024
const INITIAL_BUDGET = 180 * KB
const CHUNK_BUDGET = 80 * KB
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest'])
// Below this a compressed copy saves nothing a packet would notice.
const COMPRESS_FROM = 1 * KB

/** The service worker, which keeps the rest on the device. */
const WORKER = 'service-worker.js'

const dist = fileURLToPath(new URL('../dist', import.meta.url))

/** @typedef {{ file: string, isEntry?: boolean, imports?: string[] }} Chunk */
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

/** The entry and everything it imports statically: what a first visit downloads before it can start. */
function initialScripts() {
  /** @type {Set<string>} */
  const seen = new Set()
  /** @param {string} key */
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const imported of manifest[key]?.imports ?? []) visit(imported)
  }
  for (const [key, chunk] of Object.entries(manifest)) if (chunk.isEntry && chunk.file !== WORKER) visit(key)
  return seen
}

/** @param {string} file */
const gzipped = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length

/** @param {number} bytes */
const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`

function checkBudget() {
  const initial = initialScripts()
  let initialSize = 0
  /** @type {string[]} */
  const excess = []
  for (const [key, chunk] of Object.entries(manifest)) {
    if (!chunk.file.endsWith('.js')) continue
    const size = gzipped(chunk.file)
    if (initial.has(key)) initialSize += size
    else if (size > CHUNK_BUDGET) excess.push(`${chunk.file} is ${kb(size)} gzip, the budget is ${kb(CHUNK_BUDGET)}`)
  }
  if (initialSize > INITIAL_BUDGET)
    excess.push(`the initial scripts are ${kb(initialSize)} gzip, the budget is ${kb(INITIAL_BUDGET)}`)
  if (excess.length > 0) {
    console.error(`Over the size budget:\n  ${excess.join('\n  ')}`)
    process.exit(1)
  }
  console.log(`Initial scripts: ${kb(initialSize)} gzip of ${kb(INITIAL_BUDGET)}.`)
}

function compress() {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const file = join(dist, name)
    if (!statSync(file).isFile() || !COMPRESSIBLE.has(extname(file))) continue
    const bytes = readFileSync(file)
    if (bytes.length < COMPRESS_FROM) continue
    writeFileSync(
      `${file}.br`,
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    )
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

/** Tells the service worker what to keep, and under which version: the one that all of it together makes. */
function fillWorker() {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== WORKER && !name.startsWith('.vite') && statSync(join(dist, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(join(dist, file)))
  const path = join(dist, WORKER)
  const script = readFileSync(path, 'utf8')
  const filled = script
    .replace(/["'`]__FILES__["'`]/, files.map((file) => JSON.stringify(`/${file}`)).join(','))
    .replace('__VERSION__', hash.digest('hex').slice(0, 16))
  if (filled.includes('__FILES__') || filled.includes('__VERSION__'))
    throw new Error(`${WORKER} has no place for the files.`)
  writeFileSync(path, filled)
}

checkBudget()
fillWorker()
rmSync(join(dist, '.vite'), { recursive: true })
compress()
