/** Stores and reads a secret many times, and prints by how many files and kilobytes this process has grown. */
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { get, item, set } from '../support/secrets.js'

const rounds = Number(process.argv[2])
const files = () => readdirSync('/proc/self/fd').length

async function run(count: number): Promise<void> {
  for (let round = 0; round < count; round++) {
    await set(item(), `secret ${round}`)
    await get(item())
  }
}

await run(Math.min(20, rounds))
const before = files()
const rss = process.memoryUsage.rss()
await run(rounds)
// The last connections are closed a moment after their calls.
for (let look = 0; look < 100 && files() > before; look++) await wait(50)
console.log(files() - before, Math.round((process.memoryUsage.rss() - rss) / 1024))
