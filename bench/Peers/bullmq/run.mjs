// The same work as bench/Jobs with BullMQ, as its documentation has it: usage `node run.mjs REDIS_PORT COUNT`; the rates go to standard output as JSON.
import { Queue, Worker } from 'bullmq'

const [port, count] = process.argv.slice(2).map(Number)
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 100 }
const queue = new Queue('bench', { connection })
await queue.waitUntilReady()

const text = 'seventy signs, as a job that names a few things by their ids would have'
const jobs = (first, n) => Array.from({ length: n }, (_, i) => ({ name: 'noop', data: { number: first + i, text } }))
const timed = async (n, deed) => {
  const started = performance.now()
  await deed()
  return (n / (performance.now() - started)) * 1000
}

const rates = {}
const single = Math.min(count, 50_000)
rates['enqueue, one at a time, 50 callers'] = await timed(single, () =>
  Promise.all(
    Array.from({ length: 50 }, async (_, caller) => {
      for (let i = caller; i < single; i += 50) await queue.add('noop', { number: i, text })
    }),
  ),
)
rates['enqueue, 1 000 at a time, 4 callers'] = await timed(count, () =>
  Promise.all(
    Array.from({ length: 4 }, async (_, caller) => {
      for (let first = caller * 1000; first < count; first += 4000) await queue.addBulk(jobs(first, Math.min(1000, count - first)))
    }),
  ),
)

const all = count + single
rates.execute = await timed(all, () =>
  new Promise((resolve) => {
    let left = all
    const worker = new Worker('bench', async () => undefined, {
      connection,
      concurrency: 50,
      removeOnComplete: { count: 1000 },
    })
    worker.on('completed', () => {
      if (--left === 0) resolve(worker.close())
    })
  }),
)

await queue.close()
console.log(JSON.stringify(rates))
