/** Runs the example of docs/services.md as a user would, with a Redis to talk to. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { Program } from '../support/program.js'
import { KEY, RedisServer, setStage } from './support.js'

const stage = await setStage()
const project = new URL('../../', import.meta.url)

/** A port of the loopback address that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  assert(address !== null && typeof address === 'object')
  return address.port
}

test('the example of docs/services.md', async t => {
  const port = await freePort()
  await RedisServer.start(t, port)
  const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(new URL('docs/services.md', project), 'utf8')) ?? []
  // In the tree of the package, so that it finds latchkey by its name.
  const folder = mkdtempSync(fileURLToPath(new URL('dist-test/example-', project)))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'service.mjs')
  const module = ts.ModuleKind.ESNext
  writeFileSync(
    file,
    ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2023 } }).outputText,
  )
  const ca = join(folder, 'ca.pem')
  writeFileSync(ca, stage.tenant.caPem)
  const app = stage.application(t, {
    client: await (await RedisServer.start(t)).client(),
    allowUnencryptedStorage: true,
  })
  await stage.signIn(app, 'alice')
  const [record] = Object.values(JSON.parse(app.tokenCache.serialize()).RefreshToken) as Array<{ secret: string }>
  const program = Program.start(t, process.execPath, [file], {
    ...process.env,
    NODE_EXTRA_CA_CERTS: ca,
    LATCHKEY_CLIENT_ID: stage.tenant.clientId,
    LATCHKEY_AUTHORITY: stage.tenant.authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(stage.tenant.authority).host,
    LATCHKEY_REFRESH_TOKEN: record?.secret ?? '',
    REDIS_URL: `redis://127.0.0.1:${port}`,
    CACHE_KEY: KEY.toString('base64'),
  })
  assert.equal(await program.rest(), 'token from the cache: true')
  await program.ended()
})
