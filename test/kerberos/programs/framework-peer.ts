/** Uses the addon that is built for GSS.framework, and prints what it finds as JSON, one line each. */
import type { NativeFailure } from '#lib/native/contract.js'
import { credentials, firstToken, negotiate } from '../support/negotiate.js'

const [bindings = '', absent = ''] = process.argv.slice(2)
const say = (value: unknown) => console.log(JSON.stringify(value))

say(await negotiate.inspect(credentials()))
say(await negotiate.currentUser(credentials()))
say(Buffer.from(await firstToken({ channelBindings: Buffer.from(bindings, 'base64') })).toString('base64'))
const attempts = [
  { servicePrincipalName: 'HTTP/nobody.contoso.test' },
  { credentials: credentials({ clientKeytab: 'FILE:/keytab' }) },
]
for (const attempt of attempts) await firstToken(attempt).catch((error: NativeFailure) => say(error.code))
process.env.KRB5CCNAME = absent
await firstToken().catch((error: NativeFailure) => say(error.code))
say((await negotiate.currentUser(credentials())) ?? 'nobody')
