/** Makes the calls that it is told on its input, a line each, and prints how each of them ended. */
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { get, item, remove, set } from '../support/secrets.js'

const items = Array.from({ length: 4 }, (_, number) => item({ attributes: { number: `${number}` } }))

/** Resolves with the code that it fails with, or with what it gives. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    const value = await call
    return value instanceof Uint8Array ? Buffer.from(value).toString() : `${value}`
  } catch (error) {
    return `${(error as { code?: unknown }).code ?? error}`
  }
}

/** Four calls at a time, in turn of each kind, until a while after the provider has been killed; every outcome there was. */
async function storm(pid: number, killAfterMs: number): Promise<string> {
  const outcomes = new Set<string>()
  const ends = performance.now() + killAfterMs + 20
  setTimeout(() => process.kill(pid, 'SIGKILL'), killAfterMs)
  while (performance.now() < ends) {
    for (const kind of [(which: (typeof items)[0]) => set(which, 'value'), get, remove]) {
      for (const result of await Promise.all(items.map(which => outcome(kind(which))))) outcomes.add(result)
    }
  }
  return [...outcomes].join(' ')
}

for await (const line of createInterface(process.stdin)) {
  const [kind, pid, killAfterMs] = line.split(' ')
  const started = performance.now()
  let ended = ''
  if (kind === 'get') ended = await outcome(get(item()))
  else if (kind === 'set') ended = await outcome(set(item(), 'new'))
  else if (kind === 'delete') ended = await outcome(remove(item()))
  else if (kind === 'storm') ended = await storm(Number(pid), Number(killAfterMs))
  else assert.fail(line)
  console.log(`${Math.round(performance.now() - started)} ${ended}`)
}
