/** Runs the first example of the README as a user would, as a program of its own with the emulator as its tenant. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTenant } from 'latchkey/emulator'

const project = new URL('../../../', import.meta.url)
const browser = fileURLToPath(new URL('programs/sign-in-browser.js', import.meta.url))
const { codeBlocks } = (await import(new URL('scripts/markdown.mjs', project).href)) as {
  codeBlocks(text: string): { code: string }[]
}

/** Runs a program to its end, at most a minute. */
function run(file: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
    child.on('error', reject).on('close', code => resolve({ code, output }))
  })
}

test('the first example of the README signs a user in with the browser and prints who it is', {
  skip: process.platform === 'win32' && 'not demanded: $BROWSER is not used on Windows',
}, async t => {
  const [example] = codeBlocks(readFileSync(new URL('README.md', project), 'utf8'))
  assert.ok(example)
  const tenant = await startTenant()
  // In the tree of the package, so that it finds latchkey by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('dist-test/readme-', project)))
  t.after(async () => {
    rmSync(folder, { recursive: true })
    await tenant.close()
  })
  const user = tenant.users.find(({ username }) => username.startsWith('alice@'))
  assert.ok(user)
  writeFileSync(path.join(folder, 'ca.pem'), tenant.caPem)
  writeFileSync(path.join(folder, 'first-token.mjs'), example.code)

  const { code, output } = await run(path.join(folder, 'first-token.mjs'), {
    ...process.env,
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
    LATCHKEY_CLIENT_ID: tenant.clientId,
    LATCHKEY_AUTHORITY: tenant.authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(tenant.authority).host,
    BROWSER: `${process.execPath} ${browser} %s`,
    SIGN_IN_USERNAME: user.username,
    SIGN_IN_PASSWORD: user.password,
  })

  assert.match(output, new RegExp(`^${user.username} has a token until `, 'm'))
  assert.equal(code, 0, output)
})
