/** The types in the tarball, for a strict program in an empty project: under each way to find modules, its libraries checked or not. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { test } from 'node:test'
import { WHOLE_FILE } from '../support/machine.js'
import { pack } from './support/pack.js'
import { emptyProject, install } from './support/project.js'

const PROGRAM = `
import { InteractionRequiredError, PublicClientApplication, createPersistentCache, type AuthenticationResult } from 'latchkey'
import { tokenCredential } from 'latchkey/azure'
import { electronWebUi } from 'latchkey/electron'
import { startTenant, type Tenant } from 'latchkey/emulator'
import { redisCache } from 'latchkey/redis'

export async function signIn(tenant: Tenant): Promise<AuthenticationResult> {
  const cache = await createPersistentCache({ name: 'app' })
  const app = new PublicClientApplication({ clientId: tenant.clientId, cache, http: { ca: tenant.caPem } })
  const [account] = await app.getAccounts()
  try {
    return await app.acquireTokenSilent({ scopes: ['User.Read'], account })
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    return await app.acquireTokenInteractive({ scopes: ['User.Read'] })
  }
}
export const tools = { electronWebUi, redisCache, startTenant, tokenCredential }
`
const REQUIRED = `
import latchkey = require('latchkey')
export const app: latchkey.PublicClientApplication = new latchkey.PublicClientApplication({ clientId: 'id' })
// @ts-expect-error – a client ID is demanded, so that these are the package's own types and not any.
export const none = new latchkey.PublicClientApplication({})
`
/** \`require()\` of ES modules is known to nodenext alone. */
const MODULES = [
  { module: 'node16', moduleResolution: 'node16', files: ['program.mts'] },
  { module: 'nodenext', moduleResolution: 'nodenext', files: ['program.mts', 'required.cts'] },
  { module: 'esnext', moduleResolution: 'bundler', files: ['program.ts'] },
]

const require = createRequire(import.meta.url)
const project = await emptyProject(WHOLE_FILE)
const packed = await pack(WHOLE_FILE)
await install(project, [packed.file, `@types/node@${require('@types/node/package.json').version}`])
for (const [name, text] of Object.entries({
  'program.ts': PROGRAM,
  'program.mts': PROGRAM,
  'required.cts': REQUIRED,
})) {
  writeFileSync(path.join(project, name), text)
}

for (const { module, moduleResolution, files } of MODULES) {
  for (const skipLibCheck of [false, true]) {
    test(`a strict program compiles with ${moduleResolution}, libraries ${skipLibCheck ? 'not ' : ''}checked`, () => {
      const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module, moduleResolution, skipLibCheck }
      const config = path.join(project, `${moduleResolution}-${skipLibCheck}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions, files }))
      const tsc = require.resolve('typescript/lib/tsc.js')
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], {
        ...{ cwd: project, encoding: 'utf8', timeout: 120_000 },
      })
      assert.equal(stdout, '')
      assert.equal(status, 0)
    })
  }
}
