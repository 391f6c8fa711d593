// The TypeScript client (web/src/lib), bundled as a program would, against a running server. The tests drive it line by line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answerLines } from './lines.mjs'

const web = new URL('../../web/', import.meta.url)

async function load() {
  const { rolldown } = await import(new URL('node_modules/rolldown/dist/index.mjs', web))
  const bundle = await rolldown({
    input: fileURLToPath(new URL('src/lib/index.ts', web)),
    platform: 'node',
    resolve: { alias: { '@': fileURLToPath(new URL('src', web)) } },
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm' })
  const folder = await mkdtemp(join(tmpdir(), 'renexus-sdk-'))
  try {
    for (const { fileName, code } of output) await writeFile(join(folder, fileName.replace(/\.js$/, '.mjs')), code)
    return await import(pathToFileURL(join(folder, output[0].fileName.replace(/\.js$/, '.mjs'))))
  } finally {
    await rm(folder, { recursive: true })
  }
}

let sdk
let renexus

/** Breaks so many uploads before they arrive, and counts those that do. */
let breaks = 0
let arrived = 0
const reach = globalThis.fetch
globalThis.fetch = async (url, init) => {
  if (init?.method !== 'PUT') return reach(url, init)
  if (breaks-- > 0) throw new TypeError('The way broke.')
  const response = await reach(url, init)
  arrived++
  return response
}

await answerLines({
  async signIn({ server, email, password }) {
    sdk = await load()
    renexus = new sdk.Renexus({ server })
    return renexus.signIn({ email, password })
  },
  call: ({ area, name, args }) => renexus[area][name](...args),
  async approve({ id }) {
    return renexus.content.approve(await renexus.content.get(id))
  },
  async export({ id }) {
    return (await renexus.content.export(id)).text()
  },
  async upload({ workspace, size, ways, options }) {
    ;[breaks, arrived] = [ways, 0]
    const bytes = new Uint8Array(size).map((_, index) => index % 251)
    const told = []
    const file = await renexus.files.upload(workspace, new Blob([bytes]), {
      ...options,
      delay: () => 1,
      onProgress: (sent) => told.push(sent),
    })
    const content = new Uint8Array(await (await reach((await renexus.files.get(file.id)).url)).arrayBuffer())
    return { file, told, arrived, isSame: Buffer.compare(bytes, content) === 0 }
  },
})
