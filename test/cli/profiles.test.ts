/** Profiles: what stands in for options, in which order, what a file of them may not say, and what `latchkey profiles` prints. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTenant, type Tenant } from '#lib/emulator/index.js'
import { latchkey, scratchFolder, signInPlace } from './support/latchkey.js'

const MODE = process.platform === 'win32' && 'Windows has no such modes'

/** A folder with a file of profiles, as an environment that leads there. */
function configured(content: unknown): { env: NodeJS.ProcessEnv; folder: string; file: string } {
  const folder = scratchFolder()
  const file = path.join(folder, 'profiles.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return { env: { LATCHKEY_CONFIG_DIR: folder, XDG_DATA_HOME: folder }, folder, file }
}

/** An authority that is refused before anything happens: the message tells whose it was. */
const bad = (host: string) => `http://${host}/x`
const REFUSED = { clientId: 'from-profile', allowUnencryptedStorage: true, authority: bad('profile') }

describe('a profile stands in for options', () => {
  let tenant: Tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  test('login, token, accounts, call and logout work with nothing but its name', async () => {
    const place = signInPlace(tenant, tenant.users[0])
    const { env, folder } = configured({
      profiles: {
        work: {
          clientId: tenant.clientId,
          authority: tenant.authority,
          knownAuthorities: [new URL(tenant.authority).host],
          scopes: ['Mail.Read'],
          flow: 'interactive',
          cacheName: 'of-work',
          allowUnencryptedStorage: true,
          ca: 'ca.pem',
        },
      },
    })
    writeFileSync(path.join(folder, 'ca.pem'), tenant.caPem)
    const run = (...args: string[]) => latchkey([...args, '--profile', 'work'], { ...place.env, ...env })
    const login = await run('login')
    assert.equal(login.code, 0, login.stderr)
    assert.match(login.stderr, /[\\/]of-work(?![.\w])/)
    assert.match(login.stderr, /^Next: .* token --profile work$/m)
    assert.match(`${tenant.requests.findLast(({ path }) => path.endsWith('/authorize'))?.query.scope}`, /^Mail\.Read /)
    assert.ok(tenant.issuedSecrets.includes((await run('token')).stdout.trim()))
    assert.match((await run('accounts')).stdout, /alice@contoso/)
    const called = await run('call', `${new URL(tenant.authority).origin}/api/me`)
    assert.equal(called.code, 0, called.stderr)
    assert.equal((await run('logout')).code, 0)
    const again = await run('token')
    assert.equal(again.code, 3)
    assert.match(again.stderr, /^hint: Sign in first: .* login --profile work$/m)
  })

  test('what is typed wins, then the environment, then the profile', async () => {
    const { env } = configured({ profiles: { p: REFUSED } })
    const good = 'https://login.microsoftonline.com/common'
    const args = ['accounts', '--profile', 'p']
    assert.match((await latchkey(args, env)).stderr, /\[invalid_authority\]/)
    assert.match((await latchkey(args, { ...env, LATCHKEY_AUTHORITY: good })).stderr, /Nobody is signed in/)
    const typed = await latchkey([...args, '--authority', good], { ...env, LATCHKEY_AUTHORITY: bad('environment') })
    assert.equal(typed.code, 0, typed.stderr)
  })

  test('LATCHKEY_PROFILE names one, --profile another, and default is for when nobody does', async () => {
    const of = (authority: string) => ({ clientId: 'x', allowUnencryptedStorage: true, authority })
    const good = of('https://login.microsoftonline.com/common')
    const { env } = configured({ profiles: { good, bad: of(bad('x')) }, default: 'bad' })
    assert.match((await latchkey(['accounts'], env)).stderr, /\[invalid_authority\]/)
    assert.equal((await latchkey(['accounts'], { ...env, LATCHKEY_PROFILE: 'good' })).code, 0)
    assert.equal((await latchkey(['accounts', '--profile', 'good'], { ...env, LATCHKEY_PROFILE: 'bad' })).code, 0)
  })

  test('a domain or --all that is typed is not narrowed to the account of the profile', async () => {
    const profile = { clientId: 'x', allowUnencryptedStorage: true, account: 'alice@contoso.com' }
    const { env } = configured({ profiles: { p: profile }, default: 'p' })
    assert.match((await latchkey(['logout'], env)).stderr, /nobody is signed in as alice@contoso\.com/)
    assert.equal((await latchkey(['logout', '--all'], env)).code, 0)
    assert.match((await latchkey(['logout', '--domain', 'other.com'], env)).stderr, /Nobody of other\.com is signed in/)
  })

  test('help does not need a file that can be read', async () => {
    const { env } = configured('{')
    assert.equal((await latchkey(['token', '--help'], env)).code, 0)
  })
})

const CASES: [what: string, content: unknown, error: RegExp, hint?: RegExp][] = [
  ['what is not JSON', '{"profiles": {"work": "s3cret"', /profiles\.json is not JSON/],
  ['a list', [], /must hold a JSON object/],
  ['a key that nobody knows', { profile: {} }, /unknown key "profile"/, /Did you mean profiles\?/],
  ['profiles that are a list', { profiles: [] }, /profiles must be an object/],
  ['a profile that is a text', { profiles: { a: 'x' } }, /a must be an object/],
  [
    'an unknown setting',
    { profiles: { a: { clientid: 'x' } } },
    /a: unknown key "clientid"/,
    /Did you mean clientId\?/,
  ],
  [
    'a setting like no other',
    { profiles: { a: { zebra: 1 } } },
    /unknown key "zebra"/,
    /There is: clientId, authority/,
  ],
  ['a key of every object', '{"profiles":{"a":{"__proto__":{}}}}', /unknown key "__proto__"/],
  ['a text that is a number', { profiles: { a: { clientId: 1 } } }, /a: clientId must be a text/],
  ['a text that is empty', { profiles: { a: { clientId: ' ' } } }, /a: clientId must be a text/],
  ['a text with control characters', { profiles: { a: { authority: 'x\u001b[2J' } } }, /authority must be a text/],
  ['a list that is a text', { profiles: { a: { scopes: 'User.Read' } } }, /a: scopes must be a list/],
  ['a switch that is a text', { profiles: { a: { allowUnencryptedStorage: 'yes' } } }, /must be true or false/],
  [
    'an unknown flow',
    { profiles: { a: { flow: 'interactve' } } },
    /a: flow "interactve"/,
    /Did you mean interactive\?/,
  ],
  ['a name that no shell takes', { profiles: { 'a b': {} } }, /"a b" cannot be the name of a profile/],
  ['a default that is not there', { profiles: { work: {} }, default: 'wrok' }, /"wrok"/, /Did you mean work\?/],
  ['a file without an end', `{"profiles":{}}${' '.repeat(70_000)}`, /larger than 65536 bytes/],
  ...['password', 'clientSecret', 'refreshToken', 'privateKey'].map((key): (typeof CASES)[number] => [
    `a ${key}`,
    { profiles: { a: { [key]: 'hunter2' } } },
    new RegExp(`a: "${key}" is refused, since a file of settings is no place for a secret`),
    /--password-stdin/,
  ]),
]

describe('a file of profiles is refused for', () => {
  for (const [what, content, error, hint] of CASES) {
    test(what, async () => {
      const { env, file } = configured(content)
      for (const args of [['profiles'], ['accounts', '--client-id', 'x', '--verbose']]) {
        const { code, stdout, stderr } = await latchkey(args, env)
        assert.equal(code, 2, stderr)
        assert.equal(stdout, '')
        assert.ok(stderr.startsWith(`error: ${file}`), stderr)
        assert.match(stderr, error)
        if (hint !== undefined) assert.match(stderr, new RegExp(`^hint: .*${hint.source}`, 'm'))
        assert.doesNotMatch(stderr, /hunter2|s3cret/)
      }
    })
  }

  test('a name that no profile has', async () => {
    const { env } = configured({ profiles: { work: {}, home: {} } })
    const { code, stderr } = await latchkey(['token', '--profile', 'wrok'], env)
    assert.equal(code, 2)
    assert.match(stderr, /^error: .*profiles\.json.* "wrok".*\nhint: Did you mean work\?$/m)
  })

  test('being a folder', async () => {
    const { env, folder } = configured('{}')
    mkdirSync(path.join(folder, 'sub', 'profiles.json'), { recursive: true })
    const { code, stderr } = await latchkey(['profiles'], { ...env, LATCHKEY_CONFIG_DIR: path.join(folder, 'sub') })
    assert.equal(code, 2, stderr)
    assert.match(stderr, /cannot be read/)
  })
})

describe('latchkey profiles', () => {
  const two = { profiles: { work: { clientId: 'id-of-work', scopes: ['A', 'B'] }, home: {} }, default: 'home' }

  test('lists them, marks the one in force and says where they are', async () => {
    const { env, file } = configured(two)
    const { code, stdout, stderr } = await latchkey(['profiles', '--profile', 'work'], env)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^work \* +id-of-work +– +A B +–$/m)
    assert.match(stdout, /^home +–/m)
    assert.ok(stderr.includes(`kept in ${file}`))
  })

  test('--json has them all, and --names only the names', async () => {
    const { env, file } = configured(two)
    assert.deepEqual(JSON.parse((await latchkey(['profiles', '--json'], env)).stdout), {
      file,
      exists: true,
      inForce: 'home',
      profiles: [{ name: 'work', clientId: 'id-of-work', scopes: ['A', 'B'] }, { name: 'home' }],
    })
    assert.equal((await latchkey(['profiles', '--names'], env)).stdout, 'work\nhome\n')
  })

  test('without a file shows an example that works, and where to put it', async () => {
    const folder = scratchFolder()
    const env = { XDG_CONFIG_HOME: folder }
    const { code, stdout, stderr } = await latchkey(['profiles'], env)
    assert.equal(code, 0)
    assert.equal(stdout, '')
    const file = /kept in (\S+),/.exec(stderr)?.[1] ?? ''
    if (process.platform === 'linux') assert.equal(file, path.join(folder, 'latchkey', 'profiles.json'))
    assert.match((await latchkey(['profiles', '--json'], env)).stdout, /"exists":false,"inForce":null,"profiles":\[\]/)
    const example = configured(stderr.slice(stderr.indexOf('{')))
    assert.equal((await latchkey(['profiles', '--names'], example.env)).stdout, 'work\n')
  })

  test('a relative XDG_CONFIG_HOME is ignored', {
    skip: process.platform !== 'linux' && 'XDG is Linux’s',
  }, async () => {
    const home = scratchFolder()
    const { stderr } = await latchkey(['profiles'], { HOME: home, XDG_CONFIG_HOME: 'relative' })
    assert.ok(stderr.includes(path.join(home, '.config', 'latchkey', 'profiles.json')), stderr)
  })

  test('warns of a file, or a folder, that others may write', { skip: MODE }, async () => {
    const { env, folder, file } = configured({
      profiles: { a: { clientId: 'x', allowUnencryptedStorage: true } },
      default: 'a',
    })
    const run = async () => (await latchkey(['accounts'], env)).stderr
    assert.doesNotMatch(await run(), /warning/)
    chmodSync(file, 0o620)
    assert.match(await run(), /^warning: Other users may write .*profiles\.json/m)
    chmodSync(file, 0o600)
    chmodSync(folder, 0o777)
    assert.match(await run(), /^warning: Other users may write in .* chmod go-w/m)
    chmodSync(folder, 0o1777)
    assert.doesNotMatch(await run(), /warning/)
    chmodSync(folder, 0o700)
    const shared = scratchFolder()
    chmodSync(shared, 0o777)
    renameSync(file, path.join(shared, 'profiles.json'))
    symlinkSync(path.join(shared, 'profiles.json'), file)
    assert.match(await run(), new RegExp(`^warning: Other users may write in ${shared},`, 'm'))
  })
})
