/** Waiting for a KDC that never answers, as the environment of this file has it: in nobody's way, and no reason to stay. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Program } from '../support/program.js'

const SUPPORT = new URL('./support/negotiate.js', import.meta.url).href

test('files are read at once while sixteen sign-ins wait, and the process ends without them', async t => {
  const program = Program.script(
    t,
    `import { readFile } from 'node:fs/promises'
    import { setTimeout } from 'node:timers/promises'
    import { explicit, firstStep } from ${JSON.stringify(SUPPORT)}
    let settled = 0
    for (let i = 0; i < 16; i++) {
      void firstStep({ credentials: explicit('joe', 'CONTOSO.TEST', 'x') }).catch(() => 0).then(() => settled++)
    }
    await setTimeout(500)
    const began = performance.now()
    // More reads than libuv has threads, so that one held-up thread there would be noticed too.
    await Promise.all(Array.from({ length: 16 }, () => readFile(new URL(${JSON.stringify(SUPPORT)}))))
    console.log(JSON.stringify({ settled, ms: performance.now() - began }))
    process.exit(0)`,
  )
  const { settled, ms } = JSON.parse(await program.line()) as { settled: number; ms: number }
  assert.equal(settled, 0)
  assert(ms < 5000, `${ms} ms`)
  await program.ended()
})
