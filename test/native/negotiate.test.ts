/** What the native conversations make of arguments, and of a machine that knows nobody; test/kerberos has the conversations. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { loadNativeAddon, requireCapability } from '#lib/native/addon.js'
import type { NegotiateCredentials, NegotiateTarget } from '#lib/native/contract.js'
import { needs, temporaryFolder } from '../support/machine.js'
import { Program } from '../support/program.js'
import { LOADER } from './support.js'

const negotiate = requireCapability(loadNativeAddon(), 'negotiate')

const CREDENTIALS: NegotiateCredentials = {
  clientKeytab: '',
  credentialCache: '',
  principal: '',
  username: '',
  domain: '',
  password: new Uint8Array(),
}

const TARGET: NegotiateTarget = {
  servicePrincipalName: 'HTTP/localhost',
  channelBindings: new Uint8Array(),
  allowNtlm: false,
  credentials: CREDENTIALS,
}

const LIBRARY = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.match(
  /libgssapi_krb5\.so\.2 .*=> (\S+)/,
)?.[1]
// Another file in the library's place, which only a private mount namespace can have.
const canHide = spawnSync('unshare', ['--mount', 'true']).status === 0
const withLibrary = needs(LIBRARY !== undefined, 'libgssapi-krb5-2')

describe('arguments', () => {
  const wrong = { name: 'TypeError', message: 'wrong arguments' }
  const anything = negotiate as unknown as Record<'open' | 'currentUser' | 'inspect', (...args: unknown[]) => unknown>

  for (const call of ['open', 'currentUser', 'inspect'] as const) {
    test(`of ${call} that are no object are refused`, () => {
      for (const args of [[], [undefined], [null], ['text'], [42], [{}], [CREDENTIALS, CREDENTIALS]]) {
        assert.throws(() => anything[call](...args), wrong, JSON.stringify(args))
      }
    })
  }

  test('of each field that is missing, of another type or has a null byte are refused', () => {
    for (const name of ['clientKeytab', 'credentialCache', 'principal', 'username', 'domain', 'password']) {
      for (const value of [undefined, null, 42, 'a\0b', {}, new Uint16Array(2), new DataView(new ArrayBuffer(2))]) {
        assert.throws(() => anything.currentUser({ ...CREDENTIALS, [name]: value }), wrong, `${name}: ${value}`)
      }
    }
    for (const name of ['servicePrincipalName', 'channelBindings', 'allowNtlm', 'credentials']) {
      for (const value of [undefined, null, 42, 'a\0b', {}]) {
        assert.throws(() => anything.open({ ...TARGET, [name]: value }), wrong, `${name}: ${value}`)
      }
    }
  })

  test('whose getters throw throw that', () => {
    const thrown = new Error('from a getter')
    const hostile = {
      get servicePrincipalName() {
        throw thrown
      },
    }
    assert.throws(() => anything.open(hostile), thrown)
  })
})

describe('where nobody is signed in', withLibrary, () => {
  /** Runs `body`, in which there is `negotiate`, where Kerberos has neither configuration nor tickets. */
  async function run(t: Parameters<typeof temporaryFolder>[0], body: string, launcher: string[] = []): Promise<string> {
    const folder = await temporaryFolder(t)
    const config = join(folder, 'krb5.conf')
    await writeFile(config, '[libdefaults]\n  default_realm = NOWHERE.TEST\n')
    const script = `import { loadNativeAddon } from ${JSON.stringify(LOADER)}
      const { negotiate } = loadNativeAddon()
      const credentials = ${JSON.stringify({ ...CREDENTIALS, password: undefined })}
      credentials.password = new Uint8Array()
      const target = { servicePrincipalName: 'HTTP/localhost', channelBindings: new Uint8Array(), allowNtlm: false, credentials }
      ${body}`
    const [command = '', ...args] = [...launcher, process.execPath, '--input-type=module', '-e', script]
    const env = { ...process.env, KRB5_CONFIG: config, KRB5CCNAME: `FILE:${folder}/absent` }
    const program = Program.start(t, command, args, { ...env, KRB5_CLIENT_KTNAME: `FILE:${folder}/absent.keytab` })
    const [output] = await Promise.all([program.rest(), program.ended()])
    return output
  }

  test('there is no current user, nothing to inspect, and no conversation', async t => {
    const output = await run(
      t,
      `console.log(await negotiate.currentUser(credentials), await negotiate.inspect(credentials))
      await negotiate.open(target).catch(error => console.log(error.code))`,
    )
    assert.equal(output, 'undefined undefined\nNO_CREDENTIALS')
  })

  const hidden = canHide && LIBRARY !== undefined && existsSync(LIBRARY) ? {} : { skip: 'not demanded: needs root' }
  test('and Kerberos is not installed either, the failure says what is missing', hidden, async t => {
    const hide = `mount --bind /dev/null ${LIBRARY} && exec "$@"`
    const output = await run(
      t,
      `const say = error => console.log(error.code, error.call, error.message.includes('libgssapi_krb5'))
      await negotiate.open(target).catch(say)
      await negotiate.currentUser(credentials).catch(say)
      await negotiate.inspect(credentials).catch(say)`,
      ['unshare', '--mount', 'sh', '-c', hide, 'sh'],
    )
    assert.deepEqual(output.split('\n'), Array(3).fill('UNAVAILABLE dlopen true'))
  })
})
