/** A proxy that asks for Negotiate and gets a ticket of a real KDC, which it asks a service outside about. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setStage } from '../flow/support.js'
import { present } from '../kerberos/support/acceptor.js'
import { startAskingProxy } from '../support/asking-proxy.js'
import { WHOLE_FILE } from '../support/machine.js'
import { application, signIn } from './support/application.js'

const service = JSON.parse(process.env.LATCHKEY_ACCEPTOR ?? '{}') as { port: number; ca: string }

const users: unknown[] = []
async function accept(token: Uint8Array) {
  const { status, body, reply } = await present(service, token)
  return { user: status === 200 ? String(body.user) : undefined, reply: Buffer.from(reply) }
}

const { tenant } = await setStage({
  negotiate: {
    async accept(token) {
      const { user, reply } = await accept(token)
      return user === undefined ? { verdict: 'refuse' } : { verdict: 'accept', user, output: reply }
    },
  },
})
const proxy = await startAskingProxy(WHOLE_FILE, {
  async accept(token) {
    const { user, reply } = await accept(token)
    users.push(user)
    return { accepted: user !== undefined, token: reply }
  },
})

test('a ticket for the proxy, whose own proof is checked, and one for the federation server behind it', async t => {
  const told = { url: proxy.origin.replace('127.0.0.1', 'localhost'), integratedAuthentication: true, allowNtlm: false }
  const app = application(t, tenant, undefined, told)
  assert.equal((await signIn(app)).account.username, 'joe@contoso.com')
  assert.deepEqual(new Set(users), new Set(['joe@CONTOSO.TEST']))
  const [first, ...later] = proxy.seen.map(({ authorization }) => authorization?.split(' ')[0])
  assert.deepEqual([first, new Set(later)], [undefined, new Set(['Negotiate'])])
})
