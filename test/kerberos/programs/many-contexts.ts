/** Makes as many conversations as it is told, in every way they can end, and prints by how much the process has grown. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { credentials, firstToken, negotiate, target } from '../support/negotiate.js'

const [count = '0', keytab = '', present = ''] = process.argv.slice(2)
// Enough for every pool and cache in the process to reach its size.
const WARM_UP = 2500

const WAYS = [
  () => firstToken({ channelBindings: Buffer.alloc(53, 1) }),
  () => firstToken({ credentials: credentials({ clientKeytab: keytab }) }),
  () => firstToken({ credentials: credentials({ credentialCache: present, principal: 'joe@CONTOSO.TEST' }) }),
  () => assert.rejects(firstToken({ servicePrincipalName: 'HTTP/nobody.contoso.test' })),
  () => assert.rejects(firstToken({ credentials: credentials({ credentialCache: 'FILE:/nowhere' }) })),
  // Not closed: garbage.
  async () => (await negotiate.open(target())).step(new Uint8Array()),
  async () => {
    const context = await negotiate.open(target())
    await context.step(new Uint8Array())
    await assert.rejects(context.step(Buffer.from('nonsense')))
  },
  () => negotiate.inspect(credentials({ clientKeytab: keytab })),
  () => negotiate.currentUser(credentials()),
]

async function make(many: number): Promise<void> {
  for (let i = 0; i < many; i += 4) {
    await Promise.all([0, 1, 2, 3].map(j => WAYS[(i + j) % WAYS.length]?.()))
    // The engine does not know how large the garbage is.
    if (i % 100 === 0) globalThis.gc?.()
  }
}

/** Without the heap of JavaScript, which grows and shrinks as it likes. */
async function nativeBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await setTimeout(50)
  }
  const { rss, heapTotal } = process.memoryUsage()
  return rss - heapTotal
}

await make(WARM_UP)
const before = await nativeBytes()
await make(Number(count))
console.log((await nativeBytes()) - before)
