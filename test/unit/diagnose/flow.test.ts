/** What the checks mean for one way to sign in: what it needs and lacks is a failure, what fails and is not needed is advice. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { afterEach, describe, test } from 'node:test'
import type { DiagnoseFlow, DiagnoseOptions } from '#lib/diagnose/diagnosis.js'
import { runChecks } from '#lib/diagnose/run-checks.js'
import { emulate } from '../../emulator/support.js'
import { FakeNegotiate } from '../../fakes/fake-negotiate.js'
import { FakeSecretStore, secretFailure, storageAddon } from '../../fakes/fake-secret-store.js'
import { fileSystem, scratchFolder } from './support.js'

const { tenant, user } = await emulate()
const [alice, joe] = [user('alice').username, user('joe').username]
const WITHOUT_WINDOWS = ['13/windowstransport', '2005/windowstransport'] as const
const WITHOUT_PASSWORDS = ['13/usernamemixed', '2005/usernamemixed'] as const

interface Place {
  /** Whose ticket there is, and whether it is over. */
  ticket?: string
  isOver?: boolean
  hasBrowser?: boolean
}

/** What failed, on Linux with a plain cache that is allowed. */
async function found(flow: DiagnoseFlow | undefined, options: DiagnoseOptions = {}, place: Place = {}) {
  const negotiate = new FakeNegotiate()
  const expiresOn = place.isOver ? Date.now() - 60_000 : 0
  negotiate.status = place.ticket === undefined ? undefined : { principal: place.ticket, expiresOn, encryptionType: 18 }
  const addon = { ...storageAddon(), negotiate: negotiate.addon.negotiate }
  const root = fileSystem({ 'bin/xdg-open': '' })
  const env = place.hasBrowser ? { DISPLAY: ':0', PATH: path.join(root, 'bin') } : {}
  const defaults: DiagnoseOptions = {
    authority: tenant.authority,
    http: { ca: tenant.caPem },
    timeoutSeconds: 5,
    cache: { name: 'x', directory: scratchFolder(), allowUnencryptedStorage: true },
  }
  const all = await runChecks(
    { ...defaults, ...options, ...(flow !== undefined && { flow }) },
    { platform: 'linux', env, root, addon },
  )
  assert.ok(
    all.every(diagnosis => !('lacking' in diagnosis)),
    'what is only for the checks is not shown',
  )
  return {
    failed: all.filter(({ ok }) => !ok).map(({ check }) => check),
    hint: (name: string) => `${all.find(({ check }) => check === name)?.hint}`,
  }
}

const failed = async (...given: Parameters<typeof found>) => (await found(...given)).failed

afterEach(() => tenant.scenario(null))

describe('diagnose without a flow', () => {
  test('demands neither a browser nor a ticket', async () => {
    assert.deepEqual(await failed(undefined), [])
  })
})

describe('diagnose for a way to sign in', () => {
  test('interactive needs a browser', async () => {
    const { failed: lacks, hint } = await found('interactive')
    assert.deepEqual(lacks, ['browser'])
    assert.match(hint('browser'), /device code/)
    assert.deepEqual(await failed('interactive', {}, { hasBrowser: true }), [])
  })

  test('device-code needs none, nor a ticket that somebody has named, nor the federation server', async () => {
    const kerberos = { clientKeytab: 'FILE:/etc/x.keytab' }
    tenant.scenario({ federation: { metadata: 'malformed' } })
    const options = { kerberos, username: joe }
    assert.deepEqual(await failed(undefined, options), ['ticket', 'federation'])
    const { failed: lacks, hint } = await found('device-code', options)
    assert.deepEqual(lacks, [])
    assert.match(hint('ticket'), /\.$/)
    assert.match(hint('federation'), /\.$/)
  })

  test('what every way needs fails for each', async () => {
    for (const flow of ['interactive', 'device-code', 'integrated', 'password'] as const) {
      const lacks = await failed(flow, { authority: 'https://localhost:1/x', username: joe }, { hasBrowser: true })
      assert.ok(lacks.includes('authority'), flow)
    }
  })

  test('integrated needs somebody whose ticket is good', async () => {
    assert.deepEqual(await failed('integrated'), ['ticket', 'federation'])
    assert.deepEqual(await failed('integrated', {}, { ticket: joe }), [])
    const over = await found('integrated', {}, { ticket: joe, isOver: true })
    assert.deepEqual(over.failed, ['ticket'])
    assert.match(over.hint('ticket'), /kinit/)
  })

  test('integrated needs a federation server that takes it, or seamless single sign-on', async () => {
    const managed = await found('integrated', {}, { ticket: alice })
    assert.deepEqual(managed.failed, ['federation'])
    assert.match(managed.hint('federation'), /seamless/)
    assert.deepEqual(await failed('integrated', { desktopSso: true }, { ticket: alice }), [])
    tenant.scenario({ federation: { disabledEndpoints: [...WITHOUT_WINDOWS] } })
    assert.deepEqual(await failed('integrated', {}, { ticket: joe }), ['federation'])
  })

  test('integrated and password need an authority that names an organization', async () => {
    const authority = `${tenant.origin}/common`
    const integrated = await found('integrated', { authority }, { ticket: joe })
    assert.deepEqual(integrated.failed, ['federation'])
    assert.match(integrated.hint('federation'), /<tenant>\.$/)
    assert.deepEqual(await failed('password', { authority, username: joe }), ['federation'])
    assert.deepEqual(await failed('integrated', { authority: tenant.adfsAuthority }, { ticket: joe }), ['federation'])
    assert.deepEqual(await failed('password', { authority: tenant.adfsAuthority, username: joe }), [])
  })

  test('password needs a user name, and that user’s federation server to take passwords', async () => {
    const nobody = await found('password', {}, { ticket: joe })
    assert.deepEqual(nobody.failed, ['federation'])
    assert.match(nobody.hint('federation'), /username/)
    for (const username of [alice, joe]) assert.deepEqual(await failed('password', { username }), [])
    tenant.scenario({ federation: { disabledEndpoints: [...WITHOUT_WINDOWS] } })
    assert.deepEqual(await failed('password', { username: joe }), [])
    tenant.scenario({ federation: { disabledEndpoints: [...WITHOUT_PASSWORDS] } })
    assert.deepEqual(await failed('password', { username: joe }), ['federation'])
  })
})

test('a cache that would be refused fails where it is meant, and is advice where none was named', async () => {
  const secretStore = new FakeSecretStore()
  secretStore.failure = secretFailure('NO_PROVIDER')
  const encryption = async (options: DiagnoseOptions) => {
    const machine = { platform: 'linux', env: {}, root: '/', addon: storageAddon({ secretStore }) } as const
    const all = await runChecks({ authority: 'https://localhost:1/x', timeoutSeconds: 2, ...options }, machine)
    return all.find(({ check }) => check === 'encryption')?.ok
  }
  const meant = { name: 'x', directory: scratchFolder() }
  assert.equal(await encryption({ cache: meant }), false)
  assert.equal(await encryption({ cache: { ...meant, allowUnencryptedStorage: true } }), true)
  assert.equal(await encryption({}), true)
})
