// How a test talks to one of these programs: a JSON object a line, in and out. The program ends when its input does, so none is left behind.
import { createInterface } from 'node:readline'

export async function answerLines(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...input } = JSON.parse(line)
    let answer
    try {
      answer = { value: await commands[command](input) }
    } catch (error) {
      answer = { error: `${error.code ?? error.name}: ${error.message}` }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
  process.exit(0)
}
