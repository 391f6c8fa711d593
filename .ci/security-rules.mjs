// Goes through docs/security/requirements.md after a test run: node .ci/security-rules.mjs RESULT.trx …
// A rule one of whose tests failed, was skipped or did not run has failed.
import { readFileSync } from 'node:fs'

const outcomes = new Map()
for (const file of process.argv.slice(2)) {
  for (const [, attributes] of readFileSync(file, 'utf8').matchAll(/<UnitTestResult ([^>]*)>/g)) {
    const name = /testName="([^"]*)"/.exec(attributes)[1].split('(')[0].split('.')
    const passed = /outcome="Passed"/.test(attributes)
    for (const test of [name.slice(-2).join('.'), name.at(-2)]) {
      const known = outcomes.get(test) ?? { passed: 0, bad: 0 }
      known[passed ? 'passed' : 'bad']++
      outcomes.set(test, known)
    }
  }
}

let failed = 0
let rules = 0
const page = readFileSync(new URL('../docs/security/requirements.md', import.meta.url), 'utf8')
for (const [, id, , tests] of page.matchAll(/^\| (SEC-[A-Z]+-\d+) \| (.*?) \| (.*) \|$/gm)) {
  rules++
  const bad = [...tests.matchAll(/`([^`]+)`/g)].map(([, test]) => test).filter((test) => !(outcomes.get(test)?.passed > 0) || outcomes.get(test).bad > 0)
  if (tests === '' || bad.length > 0) {
    failed++
    console.error(`${id}: ${tests === '' ? 'no test' : `failed or did not run: ${bad.join(', ')}`}`)
  }
}
console.log(`${rules - failed} of ${rules} security rules are shown by tests that ran and passed.`)
process.exit(failed > 0 || rules === 0 ? 1 : 0)
