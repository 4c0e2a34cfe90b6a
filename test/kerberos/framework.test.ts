/** The code for macOS, built here and run over a stand-in for GSS.framework that has none of MIT's extensions. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'
import { present, startAcceptor } from './support/acceptor.js'
import { withKdc } from './support/kdc.js'
import { kdcOfThisFile } from './support/negotiate.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCE = join(ROOT, 'test/kerberos/programs/gss-framework.cc')
const PEER = fileURLToPath(new URL('programs/framework-peer.js', import.meta.url))

/** Builds the stand-in and the addon for it. Answers the folder that the addon is loaded from. */
async function buildForFramework(): Promise<string> {
  const folder = await temporaryFolder(WHOLE_FILE)
  const framework = join(folder, 'GSS.so')
  await run('c++', ['-std=c++17', '-shared', '-fPIC', '-Wall', '-Werror', SOURCE, '-o', framework, '-ldl'])
  const builder = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const options = ['-O', join(folder, 'build'), `--CDLATCHKEY_GSSAPI_LIBRARY=${framework}`, '--log-level', 'error']
  await run(process.execPath, [builder, 'build', ...options], { cwd: ROOT })
  return folder
}

describe('over a GSS.framework', withKdc, async () => {
  const kdc = await kdcOfThisFile()
  await kdc.kinit('joe', 'Passw0rd!')

  test('the ticket is found and accepted, failures keep their codes, and what there is not is said', async t => {
    const acceptor = await startAcceptor(t, kdc, await kdc.keytab('http', 'HTTP/localhost'))
    const env = { ...process.env, ...kdc.env, LATCHKEY_PREBUILD: await buildForFramework() }
    const args = [PEER, Buffer.from(acceptor.bindings).toString('base64'), `FILE:${kdc.folder}/absent.ccache`]
    const peer = Program.start(t, process.execPath, args, env)
    const next = async () => JSON.parse(await peer.line())

    const status = await next()
    assert.equal(status.principal, 'joe@CONTOSO.TEST')
    const hours = (status.expiresOn - Date.now()) / 3_600_000
    assert(hours > 23 && hours <= 24.1, `${hours} hours`)
    // What the framework does not tell: this proves that it is the code for it that runs.
    assert.equal(status.encryptionType, 0)
    assert.equal(await next(), 'joe@CONTOSO.TEST')
    const { status: answer, body } = await present(acceptor, Buffer.from(await next(), 'base64'))
    assert.equal(answer, 200)
    assert.equal(body.user, 'joe@CONTOSO.TEST')
    assert.equal(await next(), 'UNKNOWN_SERVICE')
    assert.equal(await next(), 'UNAVAILABLE')
    assert.equal(await next(), 'NO_CREDENTIALS')
    assert.equal(await next(), 'nobody')
    await peer.ended()
  })
})
