/** Runs every example for the shell of the documents about the command line, in their order, as somebody who follows them would. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { emulate } from '../emulator/support.js'
import { approveShownCode } from '../support/device-person.js'
import { MAIN, type Outcome, scratchFolder, startProgram } from './support/latchkey.js'

/** What each example prints, in the order of the document. */
const PRINTED: Record<string, RegExp[]> = {
  'docs/cli.md': [
    /"userPrincipalName":"alice@.*"userPrincipalName":"alice@.*✓ Signed in as alice@/s,
    /^\[\{"username":"alice@.*✓ Removed alice@/s,
    /^✓ authority /m,
    /^$/,
  ],
  'docs/integrated.md': [/^No sign-in without a prompt: .*✓ Signed in as alice@/ms],
  // There is no such keytab here.
  'docs/headless.md': [
    /✓ Signed in as alice@/,
    /"userPrincipalName":"alice@/,
    /\[negotiate_no_credentials\]/,
    /^\{"account":\{"username":"alice@/m,
  ],
}

const { tenant, user, browser } = await emulate({ scenario: { pollIntervalSeconds: 1 } })
const alice = user('alice')

/** A machine without a browser where latchkey is a command and a profile has the settings. */
function machine(): { folder: string; env: NodeJS.ProcessEnv } {
  const folder = scratchFolder()
  const file = (name: string) => path.join(folder, name)
  mkdirSync(file('bin'))
  writeFileSync(file('bin/latchkey'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 })
  writeFileSync(file('ca.pem'), tenant.caPem)
  const profile = {
    clientId: tenant.clientId,
    authority: tenant.authority,
    knownAuthorities: [new URL(tenant.authority).host],
    allowUnencryptedStorage: true,
  }
  writeFileSync(file('profiles.json'), JSON.stringify({ profiles: { work: profile }, default: 'work' }), {
    mode: 0o600,
  })
  const env = {
    PATH: `${file('bin')}:${process.env.PATH}`,
    LATCHKEY_CONFIG_DIR: folder,
    XDG_DATA_HOME: folder,
    SSH_TTY: '/dev/pts/1',
    // graph.microsoft.com is the emulator's, for latchkey and for curl.
    HTTPS_PROXY: tenant.proxyUrl,
    NODE_EXTRA_CA_CERTS: file('ca.pem'),
    CURL_CA_BUNDLE: file('ca.pem'),
    KEYTAB: file('backup.keytab'),
    LATCHKEY_USERNAME: alice.username,
    LATCHKEY_PASSWORD: alice.password,
  }
  return { folder, env }
}

/** Runs a script to its end; a code that it shows is approved. */
async function run(script: string, { folder, env }: ReturnType<typeof machine>): Promise<Outcome> {
  const { done, seen } = startProgram('sh', ['-euc', `cd '${folder}'\n${script}`], env)
  const person = seen('stderr', /type this code there:\n\n {2}[A-Z0-9]{9}\n/).then(
    ({ input }) => approveShownCode(input, alice, browser()),
    () => undefined,
  )
  const [outcome] = await Promise.all([done, person])
  return outcome
}

for (const [document, printed] of Object.entries(PRINTED)) {
  describe(document, () => {
    const text = readFileSync(fileURLToPath(new URL(`../../${document}`, import.meta.url)), 'utf8')
    const scripts = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, script = '']) => script)
    const place = machine()

    test(`has ${printed.length} examples`, () => assert.equal(scripts.length, printed.length))

    for (const [index, expected] of printed.entries()) {
      const [firstLine = ''] = scripts[index]?.split('\n') ?? []
      test(firstLine, async () => {
        const { code, stdout, stderr } = await run(scripts[index] ?? '', place)
        assert.match(stdout + stderr, expected)
        assert.equal(code, 0, stderr)
      })
    }
  })
}
