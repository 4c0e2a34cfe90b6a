/** Starts, ends and abandons as many conversations by NTLM as it is told, of which nothing may be left in Windows. */
import { setTimeout } from 'node:timers/promises'
import { explicit, NOTHING, negotiate, target } from '../support/negotiate.js'
import { challengeMessage } from '../support/ntlm.js'

const count = Number(process.argv[2])
// The process does not stay for a step whose conversation was closed, and this one wants to see its end.
const awake = globalThis.setInterval(() => undefined, 60_000)
for (let i = 0; i < count; i++) {
  const context = await negotiate.open(target({ allowNtlm: true, credentials: explicit('joe', 'CONTOSO', 'x') }))
  await context.step(NOTHING)
  // By turns: to the end, closed half-way, closed during a step, and ended by a failure.
  if (i % 4 === 0) await context.step(challengeMessage('CONTOSO'))
  if (i % 4 === 1) context.close()
  const last = i % 4 === 2 ? context.step(challengeMessage('CONTOSO')) : undefined
  if (i % 4 === 2) context.close()
  if (i % 4 === 3) await context.step(Buffer.from('forged')).catch(() => undefined)
  await last?.catch(() => undefined)
}
// What was closed is freed on another thread.
await setTimeout(500)
clearInterval(awake)
console.log('done')
