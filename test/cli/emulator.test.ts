/** latchkey emulator: the line for programs, the page for people, the scenario, and how it ends. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { describe, test } from 'node:test'
import { ESC, latchkey, type Running, scratchFolder, signInPlace, start, startProgram } from './support/latchkey.js'

interface Line {
  authority: string
  adfsAuthority: string
  proxyUrl: string
  controlUrl: string
  caFile: string
  tenantId: string
  clientId: string
  users: { username: string; password: string; kind: string; mfa?: boolean; otc: string }[]
}

async function ready(running: Running): Promise<Line> {
  const [line] = await running.seen('stdout', /^\{.*\}\n/)
  return JSON.parse(line)
}

function getJson(url: string, ca: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    https
      .get(url, { ca, agent: false, timeout: 10_000 }, async response => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve(JSON.parse(text))
      })
      .on('error', reject)
  })
}

describe('latchkey emulator --json', () => {
  test('prints one line when it is ready, serves until SIGTERM, and takes its CA along', async () => {
    const running = start(['emulator', '--json'])
    const line = await ready(running)
    assert.deepEqual(Object.keys(line), [
      'authority',
      'adfsAuthority',
      'proxyUrl',
      'controlUrl',
      'caFile',
      'tenantId',
      'clientId',
      'users',
    ])
    const { origin } = new URL(line.authority)
    assert.match(line.authority, /^https:\/\/localhost:\d+\/contoso\.onmicrosoft\.com$/)
    assert.equal(line.adfsAuthority, `${origin}/adfs`)
    assert.match(line.proxyUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
    const [alice, joe, mia] = line.users
    assert.deepEqual([alice?.username, alice?.kind], ['alice@contoso.onmicrosoft.com', 'managed'])
    assert.deepEqual([joe?.username, joe?.kind], ['joe@contoso.com', 'federated'])
    assert.deepEqual([mia?.username, mia?.mfa], ['mia@contoso.onmicrosoft.com', true])
    assert.equal(statSync(line.caFile).mode & 0o777, 0o600)
    assert.equal(statSync(path.dirname(line.caFile)).mode & 0o777, 0o700)
    const configuration = await getJson(
      `${line.authority}/v2.0/.well-known/openid-configuration`,
      readFileSync(line.caFile, 'utf8'),
    )
    assert.match(String(configuration.token_endpoint), new RegExp(`^${origin}/`))
    running.child.kill('SIGTERM')
    const { code, stdout, stderr } = await running.done
    assert.equal(code, 0)
    assert.equal(stdout.split('\n').length, 2)
    assert.equal(stderr, '')
    assert.ok(!existsSync(path.dirname(line.caFile)))
  })

  test('login signs in to it', async () => {
    const running = start(['emulator', '--json'])
    const line = await ready(running)
    const place = signInPlace({ ...line, caPem: readFileSync(line.caFile, 'utf8') }, line.users[0])
    const { code, stderr } = await latchkey(['login', ...place.options], place.env)
    assert.equal(code, 0, stderr)
    running.child.kill('SIGINT')
    assert.equal((await running.done).code, 0)
  })

  test('--scenario decides what goes wrong', async () => {
    const file = path.join(scratchFolder(), 'scenario.json')
    writeFileSync(file, JSON.stringify({ discoveryAnswer: { set: { from_scenario: 'yes' } } }))
    const running = start(['emulator', '--json', '--scenario', file])
    const line = await ready(running)
    const url = `${line.authority}/v2.0/.well-known/openid-configuration`
    assert.equal((await getJson(url, readFileSync(line.caFile, 'utf8'))).from_scenario, 'yes')
    running.child.kill()
    await running.done
  })

  test('its scenario can be changed while it runs, and put back to the one of the file', async () => {
    const file = path.join(scratchFolder(), 'scenario.json')
    writeFileSync(file, JSON.stringify({ expiresInSeconds: 77 }))
    const running = start(['emulator', '--json', '--scenario', file])
    const { controlUrl, tenantId } = await ready(running)
    assert.match(tenantId, /^[0-9a-f-]{36}$/)
    const ask = async (init?: RequestInit) => {
      const answer = (await (await fetch(controlUrl, init)).json()) as { scenario: Record<string, unknown> }
      return [answer.scenario.expiresInSeconds, answer.scenario.latencyMs]
    }
    assert.deepEqual(await ask(), [77, 0])
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ expiresInSeconds: 5, latencyMs: 1 })
    assert.deepEqual(await ask({ method: 'PATCH', headers, body }), [5, 1])
    assert.deepEqual(await ask({ method: 'DELETE' }), [77, 0])
    running.child.kill()
    await running.done
  })

  test('a port that is in use is a failure with a hint, for people and for programs', async () => {
    const running = start(['emulator', '--json'])
    const { port } = new URL((await ready(running)).authority)
    const people = await latchkey(['emulator', '--port', port])
    const programs = await latchkey(['emulator', '--json', '--port', port])
    running.child.kill()
    await running.done
    assert.deepEqual([people.code, people.stdout, programs.code, programs.stdout], [1, '', 1, ''])
    assert.match(people.stderr, /^error: .*\[EADDRINUSE\]\nhint: .*--port/)
    const { error } = JSON.parse(programs.stderr)
    assert.deepEqual([error.code, error.exitCode], ['EADDRINUSE', 1])
    assert.match(error.hint, /--port/)
  })

  test('an address that is not of this machine is a failure with a hint', async () => {
    const { code, stderr } = await latchkey(['emulator', '--host', '192.0.2.1'])
    assert.equal(code, 1)
    assert.match(stderr, /^error: .*\nhint: .*--host/)
  })
})

test('without --json the emulator shows the variables that a program is started with', async () => {
  const running = start(['emulator'])
  await running.seen('stdout', /Ctrl-C stops the tenant\./)
  const [page] = await running.seen('stdout', /^✓.*$/s)
  const lines = page.match(/^ {2}(?:export |\$env:).*$/gm) ?? []
  const values =
    'echo "$LATCHKEY_CLIENT_ID $LATCHKEY_AUTHORITY $LATCHKEY_KNOWN_AUTHORITY"; head -n 1 "$NODE_EXTRA_CA_CERTS"'
  const script = [...lines, values].join('\n')
  const { stdout, stderr } = await startProgram('sh', ['-euc', script], {}).done
  running.child.kill()
  await running.done
  assert.equal(stderr, '')
  const [, clientId = '', authority = '', known, pem] = /^(\S+) (\S+) (\S+)\n(.+)\n$/.exec(stdout) ?? []
  assert.match(page, new RegExp(`client ID +${clientId}\n`))
  assert.match(page, new RegExp(`authority +${authority}\n`))
  assert.deepEqual([known, pem], [new URL(authority).host, '-----BEGIN CERTIFICATE-----'])
})

test('without --json the emulator shows a command that signs in when it is pasted in another folder', async () => {
  const running = start(['emulator'])
  await running.seen('stdout', /Ctrl-C stops the tenant\./)
  const [page] = await running.seen('stdout', /^✓.*$/s)
  assert.ok(!page.includes(ESC))
  const [, command = ''] = /^ {2}(node .* login \\\n(?: {6}.*\n)+)/m.exec(page) ?? []
  const [, caFile = ''] = /--ca (\S+)/.exec(command) ?? []
  const [, username = '', password = ''] = /^(alice@\S+) +(\S+) +managed$/m.exec(page) ?? []
  const folder = scratchFolder()
  const person = { authority: '', clientId: '', caPem: readFileSync(caFile, 'utf8') }
  const { env } = signInPlace({ ...person, authority: 'https://localhost/x' }, { username, password })
  const pasted = startProgram('sh', ['-c', `cd / && ${command}`], { ...env, XDG_DATA_HOME: folder })
  const { code, stderr } = await pasted.done
  assert.equal(code, 0, stderr)
  assert.ok(existsSync(path.join(folder, 'latchkey/emulator')))
  running.child.kill('SIGINT')
  const end = await running.done
  assert.equal(end.code, 0)
  assert.equal(end.stderr, 'stopped\n')
})
