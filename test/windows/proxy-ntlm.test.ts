/** A proxy that asks for Negotiate and gets NTLM with a password, whose response it verifies: three legs on one connection. */
import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setStage } from '../flow/support.js'
import { startAskingProxy } from '../support/asking-proxy.js'
import { WHOLE_FILE } from '../support/machine.js'
import { application, errorOf, JOE, signIn, withoutBindings } from './support/application.js'
import { explicit } from './support/negotiate.js'
import { challengeMessage, checkAuthenticateMessage } from './support/ntlm.js'

const PASSWORD = 'Pässwörd 𝄞'

const users: string[] = []
/** The server's side of NTLM, for connections of one listener. */
function ntlm() {
  const challenged = new WeakSet<object>()
  return (token: Buffer, connection: object) => {
    if (token.readUInt32LE(8) === 1) {
      challenged.add(connection)
      return { user: undefined, token: challengeMessage('CONTOSO') }
    }
    const { user, domain, verifies } = checkAuthenticateMessage(token, PASSWORD)
    const isOfThisConnection = challenged.delete(connection)
    return { user: verifies && isOfThisConnection ? `${domain}\\${user}` : undefined, token: undefined }
  }
}

const [atServer, atProxy] = [ntlm(), ntlm()]
const { tenant } = await setStage({
  negotiate: {
    accept(token, { connection }) {
      const { user, token: output } = atServer(token, connection)
      if (output !== undefined) return { verdict: 'continue', output }
      return user === undefined ? { verdict: 'refuse' } : { verdict: 'accept', user }
    },
  },
})
const proxy = await startAskingProxy(WHOLE_FILE, {
  accept(token: Buffer, socket: Socket) {
    const { user, token: output } = atProxy(token, socket)
    if (user !== undefined) users.push(user)
    return { accepted: user !== undefined, ...(output && { token: output }) }
  },
})
const told = { url: proxy.origin, integratedAuthentication: true }
const withPassword = (password: string) => withoutBindings(explicit('joe', 'CONTOSO', password))
const legs = () => proxy.seen.splice(0).map(({ authorization }) => authorization?.split(' ')[0] ?? 'nothing')

test('proxy and federation server are each told on their own connection: three legs, then two', async t => {
  const app = application(t, tenant, withPassword(PASSWORD), told)
  assert.equal((await signIn(app)).account.username, 'joe@contoso.com')
  const [first, second, third, ...later] = legs()
  assert.deepEqual([first, second, third], ['nothing', 'Negotiate', 'Negotiate'])
  assert.deepEqual(new Set(later), new Set(['Negotiate']))
  assert.equal(later.length % 2, 0)
  assert.deepEqual(new Set(users.splice(0)), new Set(['CONTOSO\\joe']))
  const windows = tenant.requests.filter(({ notes }) => notes.windows !== undefined).at(-1)?.notes.windows
  assert.deepEqual(windows, { scheme: 'Negotiate', outcome: 'accepted', user: 'CONTOSO\\joe', bound: 'none' })
})

test('a wrong password counts once', async t => {
  const error = await errorOf(application(t, tenant, withPassword('wrong'), told))
  assert.equal(error.code, 'network_error', error.message)
  assert.match(error.message, /answered 407, and wants Negotiate or NTLM\.$/)
  assert.match(error.hint ?? '', /does not accept the ticket or Windows sign-in/)
  assert.deepEqual(legs(), ['nothing', 'Negotiate', 'Negotiate'])
  assert.deepEqual([users, tenant.requests.length], [[], 0])
})

test('is not used where it is not allowed', async t => {
  const app = application(t, tenant, withPassword(PASSWORD), { ...told, allowNtlm: false })
  const error = await errorOf(app, JOE)
  assert.equal(error.code, 'integrated_windows_authentication_failed', error.message)
  assert.match(error.message, /answered 407.*AcquireCredentialsHandleW/)
  assert.deepEqual(legs(), ['nothing'])
})
