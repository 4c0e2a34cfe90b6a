/** Thousands of conversations in one process, which is afterwards as large as before, and processes that end among them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { soak } from '../support/machine.js'
import { Program } from '../support/program.js'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile } from './support/negotiate.js'

const MANY = fileURLToPath(new URL('programs/many-contexts.js', import.meta.url))
const END = fileURLToPath(new URL('programs/end-at-once.js', import.meta.url))
const COUNT = soak(20_000)
// The allocator's own ups and downs, and less for each conversation than the smallest thing that it consists of.
const ALLOWED_BYTES = 2 ** 19 + 800 * COUNT

describe('conversations', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')
  const keytab = await kdc.keytab('joe', 'joe')

  test('leave nothing behind', async t => {
    const args = ['--expose-gc', MANY, String(COUNT), `FILE:${keytab}`, kdc.env.KRB5CCNAME]
    const program = Program.start(t, process.execPath, args, { ...process.env, ...kdc.env })
    const grown = Number(await program.line())
    assert(grown < ALLOWED_BYTES, `grew by ${grown} bytes, more than ${ALLOWED_BYTES}`)
  })

  test('do not break a process that ends in the middle of them', async t => {
    // Of a hundred processes whose threads nobody waited for two were aborted.
    for (let i = 0; i < soak(400); i++) {
      const program = Program.start(t, process.execPath, [END], { ...process.env, ...kdc.env })
      await program.ended()
    }
  })
})
