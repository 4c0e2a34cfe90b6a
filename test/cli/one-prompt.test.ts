/** One prompt for many: of logins for the same one asks, the others wait for it, bounded, and take its answer from the cache. */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { emulate } from '../emulator/support.js'
import { exceptOnWindows } from '../support/machine.js'
import { type Running, type SignInPlace, scratchFolder, signInPlace, start } from './support/latchkey.js'

const { tenant, user } = await emulate()
const alice = user('alice')
const WAITS = /^Process (\d+) is asking for the same sign-in already; waiting for it, at most \d+ s\.$/m
const ASKS = /^Opening your browser to sign in to /m
const EITHER = new RegExp(`${WAITS.source}|${ASKS.source}`, 'm')

/** A place whose person waits in front of an open window until they are told to begin. */
interface PatientPlace extends SignInPlace {
  /** How many windows were opened. */
  windows(): number
  begin(): void
}

function patientPlace(): PatientPlace {
  const place = signInPlace(tenant, alice)
  const personFile = `${place.env.LATCHKEY_TEST_PERSON}`
  const folder = scratchFolder()
  const [opened, begin] = [path.join(folder, 'opened'), path.join(folder, 'begin')]
  writeFileSync(personFile, JSON.stringify({ ...JSON.parse(readFileSync(personFile, 'utf8')), opened, begin }))
  return {
    ...place,
    windows: () => (existsSync(opened) ? readFileSync(opened, 'utf8').trim().split('\n').length : 0),
    begin: () => writeFileSync(begin, ''),
  }
}

function login({ options, env }: SignInPlace, ...further: string[]): Running {
  return start(['login', ...options, ...further], env)
}

/** Starts a login that has the turn. */
async function asking(place: SignInPlace, ...further: string[]): Promise<Running> {
  const holder = login(place, ...further)
  await holder.seen('stderr', /^ {2}https:\S+$/m)
  return holder
}

async function ended({ child, done }: Running, signal: 'SIGINT' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
  child.kill(signal)
  await done
}

describe('logins for the same', () => {
  test('eight at once open one window and redeem one code; all of them have signed in', async () => {
    const place = patientPlace()
    const logins = Array.from({ length: 8 }, () => login(place, '--json'))
    const said = await Promise.all(logins.map(({ seen }) => seen('stderr', EITHER)))
    assert.equal(said.filter(([line]) => ASKS.test(line)).length, 1)
    const codes = () => tenant.requests.filter(({ form }) => form?.grant_type === 'authorization_code').length
    const before = codes()
    place.begin()
    const outcomes = await Promise.all(logins.map(({ done }) => done))
    for (const { code, stdout, stderr } of outcomes) {
      assert.equal(code, 0, stderr)
      assert.equal(JSON.parse(stdout).account.username, alice.username)
    }
    assert.equal(place.windows(), 1)
    assert.equal(codes() - before, 1)
  })

  test('who waits is told which process asks, and what for', async () => {
    const place = patientPlace()
    const holder = await asking(place, '--prompt-hint', 'nightly build')
    const waiter = login(place)
    const [, pid] = await waiter.seen('stderr', WAITS)
    assert.equal(Number(pid), holder.child.pid)
    await waiter.seen('stderr', /^Its note: nightly build$/m)
    place.begin()
    assert.deepEqual([(await holder.done).code, (await waiter.done).code], [0, 0])
  })

  test('other scopes of the same account are answered without a second window', async () => {
    const place = patientPlace()
    const holder = await asking(place)
    const waiter = login(place, '--scope', 'Mail.Read', '--json')
    await waiter.seen('stderr', WAITS)
    place.begin()
    assert.equal((await holder.done).code, 0)
    const { code, stdout, stderr } = await waiter.done
    assert.equal(code, 0, stderr)
    assert.ok(JSON.parse(stdout).scopes.includes('Mail.Read'))
    assert.equal(place.windows(), 1)
  })

  test('a device code that is shown is waited for as a window is', async () => {
    const place = patientPlace()
    const holder = await asking(place, '--flow', 'device-code')
    const waiter = login(place)
    await waiter.seen('stderr', WAITS)
    await Promise.all([ended(holder), ended(waiter, 'SIGINT')])
    assert.equal(place.windows(), 0)
  })

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    test(`after ${signal} of the one that asks, the next asks`, async () => {
      const place = patientPlace()
      const holder = await asking(place)
      const waiter = login(place)
      await waiter.seen('stderr', WAITS)
      await ended(holder, signal)
      await waiter.seen('stderr', /^That sign-in came to nothing here\.\nOpening your browser/m)
      place.begin()
      const { code, stderr } = await waiter.done
      assert.equal(code, 0, stderr)
      assert.equal(place.windows(), 2)
    })
  }

  test('two that wait for one that is killed ask once', async () => {
    const place = patientPlace()
    const holder = await asking(place)
    const waiters = [login(place), login(place)]
    await Promise.all(waiters.map(({ seen }) => seen('stderr', WAITS)))
    await ended(holder)
    await Promise.any(waiters.map(({ seen }) => seen('stderr', ASKS)))
    place.begin()
    for (const { done } of waiters) assert.equal((await done).code, 0)
    assert.equal(place.windows(), 2)
  })

  test('the wait is bounded, and can be ended', async () => {
    const place = patientPlace()
    const holder = await asking(place)
    const { code, stderr } = await login(place, '--timeout', '1').done
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^error: Another program's sign-in was not finished within 1 s\. \[authentication_timeout\]\nhint: /m,
    )
    const waiter = login(place)
    await waiter.seen('stderr', WAITS)
    waiter.child.kill('SIGINT')
    assert.equal((await waiter.done).code, 130)
    await ended(holder)
    assert.equal(place.windows(), 1)
  })
})

/** What another user could make of the folder of turns. */
const HOSTILE: [what: string, spoil: (folder: string) => void][] = [
  ['open to others', folder => chmodSync(folder, 0o777)],
  [
    'behind a link',
    folder => {
      renameSync(folder, `${folder}.real`)
      symlinkSync(`${folder}.real`, folder)
    },
  ],
]
// Only root can give a folder away.
if (process.getuid?.() === 0) HOSTILE.push(['of another user', folder => chownSync(folder, 65_534, 65_534)])

test(
  'a turn in a folder that is not the user’s alone is not waited for',
  exceptOnWindows('modes of files'),
  async t => {
    for (const [what, spoil] of HOSTILE) {
      await t.test(what, async () => {
        const place = patientPlace()
        const holder = await asking(place)
        spoil(path.join(path.dirname(place.cacheFile), 'sign-ins'))
        const other = login(place)
        assert.match((await other.seen('stderr', EITHER))[0], ASKS)
        await ended(other)
        await ended(holder)
      })
    }
  },
)

describe('while somebody is asked, a login for something else asks as well:', () => {
  const place = patientPlace()
  let holder: Running
  before(async () => {
    holder = await asking(place)
  })
  after(() => ended(holder))

  const OTHERS: [what: string, options: string[]][] = [
    ['another person', ['--username', alice.username]],
    ['another client ID', ['--client-id', '11111111-2222-4333-8444-555555555555']],
    ['another authority', ['--authority', `${tenant.origin}/${tenant.tenantId}`]],
    ['another cache', ['--cache-name', 'other']],
    ['a page that was asked for', ['--prompt', 'login']],
  ]
  for (const [what, options] of OTHERS) {
    test(what, async () => {
      const other = login(place, ...options)
      const [said] = await other.seen('stderr', EITHER)
      assert.match(said, ASKS)
      await ended(other)
    })
  }

  test('but the same does not', async () => {
    const other = login(place)
    assert.match((await other.seen('stderr', EITHER))[0], WAITS)
    await ended(other)
  })
})
