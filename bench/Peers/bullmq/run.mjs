// The same work as bench/Load/Jobs with BullMQ, as its documentation has it: usage `node run.mjs REDIS_PORT COUNT SINGLE`. Standard output says `ready`, and
// then the name of each step when it ends; who started it holds the watch.
import { Queue, Worker } from 'bullmq'

const [port, count, single] = process.argv.slice(2).map(Number)
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null, retryStrategy: () => 100 }
const queue = new Queue('bench', { connection })
await queue.waitUntilReady()
console.log('ready')

const text = 'seventy signs, as a job that names a few things by their ids would have'
const jobs = (first, n) => Array.from({ length: n }, (_, i) => ({ name: 'noop', data: { number: first + i, text } }))

await Promise.all(
  Array.from({ length: 50 }, async (_, caller) => {
    for (let i = caller; i < single; i += 50) await queue.add('noop', { number: i, text })
  }),
)
console.log('one')

await Promise.all(
  Array.from({ length: 4 }, async (_, caller) => {
    for (let first = caller * 1000; first < count; first += 4000) await queue.addBulk(jobs(first, Math.min(1000, count - first)))
  }),
)
console.log('bulk')

await new Promise((resolve) => {
  let left = count + single
  const worker = new Worker('bench', async () => undefined, {
    connection,
    concurrency: 50,
    removeOnComplete: { count: 1000 },
  })
  worker.on('completed', () => {
    if (--left === 0) resolve(worker.close())
  })
})
console.log('execute')
await queue.close()
