/** `npm run audit` beside a registry that knows of a vulnerability, of none, and that answers no such question. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const script = fileURLToPath(new URL('../../../scripts/audit.mjs', import.meta.url))

/** Runs it with a registry that answers the question about all packages like this; `asked` are their names. */
async function audit(t: TestContext, answer: (response: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const isPacked = request.headers['content-encoding'] === 'gzip'
    if (request.url?.endsWith('/advisories/bulk')) {
      asked.push(...Object.keys(JSON.parse(String(isPacked ? gunzipSync(body) : body)) as object))
      answer(response)
    } else response.writeHead(405).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    npm_config_noproxy: '127.0.0.1',
    npm_config_fetch_retries: '0',
  }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 })
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code: code as number, stdout, asked }
}

test('a vulnerability in a package of the lock file fails, with its name, severity and where to read of it', async t => {
  const advisory = {
    ...{ id: 1, url: 'https://example.org/1', title: 'Planted', severity: 'high', vulnerable_versions: '<99.0.0' },
    ...{ cwe: [], cvss: { score: 0, vectorString: null } },
  }
  const { code, stdout, asked } = await audit(t, response => response.end(JSON.stringify({ saxes: [advisory] })))
  assert.ok(asked.includes('undici') && asked.includes('typescript'), 'development packages are asked about too')
  assert.equal(code, 1, stdout)
  assert.match(stdout, /^✗ saxes \S.*: high, a dependency of ours\n {4}Planted: https:\/\/example\.org\/1$/m)
  assert.match(stdout, /^1 vulnerabilities in \d+ packages$/m)
})

test('none is none', async t => {
  const { code, stdout } = await audit(t, response => response.end('{}'))
  assert.equal(code, 0, stdout)
  assert.match(stdout, /^0 vulnerabilities in \d+ packages$/m)
})

test('a registry that does not take the question is said, and is no failure', async t => {
  for (const status of [404, 405]) {
    const { code, stdout } = await audit(t, response => response.writeHead(status).end())
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^– not asked: /)
  }
})
