// Makes src/Renexus.Server/Features/Accounts/Password/common-passwords.br, the list of passwords that nobody may choose.
//
//   npm pack @zxcvbn-ts/language-common@4.1.3 && tar xzf zxcvbn-ts-language-common-4.1.3.tgz
//   node tools/common-passwords/make.mjs package/src/passwords.json
//
// Kept is what the rule of length lets in (8 characters or more), in lower case, most used first.
import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const [source] = process.argv.slice(2)
const target = new URL('../../src/Renexus.Server/Features/Accounts/Password/common-passwords.br', import.meta.url)

const passwords = new Set(
  JSON.parse(readFileSync(source, 'utf8'))
    .map((password) => password.toLowerCase())
    .filter((password) => password.length >= 8),
)
writeFileSync(target, brotliCompressSync([...passwords].join('\n'), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
console.log(`${passwords.size} passwords`)
