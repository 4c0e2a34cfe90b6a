/** Stores and deletes the same secret over and over, beside another process that does so too. */
import { get, item, remove, set } from '../support/secrets.js'

const [name = '', rounds = '0'] = process.argv.slice(2)
const allowed = /^[ab] \d+ x+$/
for (let round = 0; round < Number(rounds); round++) {
  await set(item(), `${name} ${round} ${'x'.repeat(5_000)}`)
  const found = await get(item())
  if (found !== undefined && !allowed.test(Buffer.from(found).toString())) throw new Error('a torn secret')
  if (round % 5 === 4) await remove(item())
}
console.log('done')
