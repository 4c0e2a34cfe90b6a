/** The published types in a strict program that checks every declaration it uses, and names no types of its own. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../../../dist-test/', import.meta.url))

const PROGRAM = `
import { InteractionRequiredError, Prompt, PublicClientApplication, createPersistentCache, type Configuration } from 'latchkey'
import { startTenant } from 'latchkey/emulator'

const tenant = await startTenant()
const cache = await createPersistentCache({ name: 'app' })
const configuration: Configuration = { clientId: tenant.clientId, cache, http: { ca: tenant.caPem } }
await using app = new PublicClientApplication(configuration)
const account = (await app.getAccounts()).at(0)
try {
  const result = await app.acquireTokenSilent({ scopes: ['User.Read'], account })
  console.log(result.expiresOn.getTime(), result.idTokenClaims?.oid)
} catch (error) {
  if (!(error instanceof InteractionRequiredError)) throw error
  const claims = error.claims === undefined ? {} : { claims: error.claims }
  await app.acquireTokenInteractive({ scopes: ['User.Read'], prompt: Prompt.SelectAccount, ...claims })
}
`

// No `types`: the declarations have to bring Node's along. No skipLibCheck: all that they refer to has to be there.
const CONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022'],
    noEmit: true,
  },
  files: ['program.ts'],
}

test('a strict program compiles against the declarations, its own settings and Node alone', t => {
  // In the tree of the package, so that it finds latchkey by its name.
  const folder = mkdtempSync(path.join(dist, 'consumer-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(path.join(folder, 'program.ts'), PROGRAM)
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
  const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', timeout: 120_000 })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})
