/** Which roots are trusted: the caller's come on top of Node's and of NODE_EXTRA_CA_CERTS, and replace none. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import * as tls from 'node:tls'
import { promisify } from 'node:util'
import { rootsBesidesNodes } from '#lib/http/trusted-roots.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import { startOrigin } from '../../support/server.js'
import { makeCertificate } from '../../support/tls.js'

async function temporaryFile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-roots-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'ca.pem')
  await writeFile(file, text)
  return file
}

test("keeps Node's own roots besides the further ones", async () => {
  const { ca } = await makeCertificate()
  const roots = rootsBesidesNodes([ca], {}, SILENT_LOGGER) ?? []
  assert.ok(roots.includes(ca))
  const missing = tls.rootCertificates.filter(root => !roots.includes(root))
  assert.equal(missing.length, 0)
})

test('goes on without a NODE_EXTRA_CA_CERTS that cannot be read', async () => {
  const { ca } = await makeCertificate()
  const roots = rootsBesidesNodes([ca], { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' }, SILENT_LOGGER)
  assert.ok(roots?.includes(ca))
})

test('trusts http.ca and NODE_EXTRA_CA_CERTS together, and an idle connection does not keep the process', async t => {
  const [byOption, byEnvironment] = [await makeCertificate('localhost'), await makeCertificate('localhost')]
  const origins = await Promise.all(
    [byOption, byEnvironment].map(certificate =>
      startOrigin(certificate, (_request, response) => response.setHeader('Keep-Alive', 'timeout=600').end('ok')),
    ),
  )
  t.after(() => Promise.all(origins.map(origin => origin.close())))
  const program = `
    const { createHttpClient } = await import('#lib/http/undici-client.js')
    const { SILENT_LOGGER } = await import('#lib/logger.js')
    const client = createHttpClient({ http: { ca: process.env.CA }, clock: { now: Date.now, sleep: async () => {} }, logger: SILENT_LOGGER })
    for (const url of process.env.URLS.split(' ')) {
      const { body } = await client.send({ method: 'GET', url: new URL(url), purpose: 'test' })
      process.stdout.write(body)
    }`
  const file = await temporaryFile(t, byEnvironment.ca)
  const env = { CA: byOption.ca, NODE_EXTRA_CA_CERTS: file, URLS: origins.map(({ origin }) => origin).join(' ') }
  const args = ['--input-type=module', '--eval', program]
  // Both ends would keep an idle connection for ten minutes.
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, timeout: 60_000 })
  assert.equal(stdout, 'okok')
})
