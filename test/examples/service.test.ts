/** The example service: its web UI is another process, and two URLs are all that crosses. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startProgram } from '../cli/support/latchkey.js'
import { installExample } from '../support/examples.js'
import { temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { settings } from './support.js'

const UI = fileURLToPath(new URL('./programs/scripted-ui.js', import.meta.url))
const { tenant, user, env, api } = await settings()
const alice = user('alice')
const folder = await temporaryFolder(WHOLE_FILE)
const main = join(await installExample('service', folder), 'service.js')

beforeEach(() => {
  tenant.requests.length = 0
})

function service(cache: string, ...ui: string[]) {
  const own = { SERVICE_API: api, SERVICE_CACHE: join(folder, cache), SERVICE_ALLOW_UNENCRYPTED: '1' }
  return startProgram(process.execPath, [main, ...ui], { ...env, ...own, SERVICE_EVERY_SECONDS: '0.2' })
}

test('asks the other process once, goes on silently, and is silent when it is started again', async () => {
  const first = service('tokens', process.execPath, UI, alice.username, alice.password)
  await first.seen('stdout', /(?:200 for alice@.*, with a token from the cache\n){2}/)
  first.child.kill('SIGTERM')
  const { code, stdout, stderr } = await first.done
  assert.equal(code, 0, stderr)
  const [asked, signedIn] = stdout.split('\n')
  assert.equal(asked, 'The user is needed.')
  assert.equal(signedIn, `200 for ${alice.username}, with a token from the service`)
  assert.equal(stderr, 'asked url http://localhost\n')
  const again = service('tokens', 'no-such-program')
  await again.seen('stdout', /^200 for alice@.*, with a token from the cache\n/)
  again.child.kill('SIGTERM')
  assert.equal((await again.done).code, 0)
})

test('a window that is closed, or that cannot be shown, is tried again at the next turn', async () => {
  const closed = service('closed', process.execPath, UI)
  await closed.seen('stdout', /(?:The user is needed\.\nauthentication_canceled: .*\n){2}/)
  closed.child.kill('SIGTERM')
  assert.equal((await closed.done).code, 0)
  const broken = service('broken', 'no-such-program')
  await broken.seen('stdout', /no-such-program cannot be started\n/)
  broken.child.kill('SIGTERM')
  assert.equal((await broken.done).code, 0)
  const crashing = service('crashing', process.execPath, '-e', 'process.exit(3)')
  await crashing.seen('stdout', /ended with 3\n/)
  crashing.child.kill('SIGTERM')
  assert.equal((await crashing.done).code, 0)
  assert.ok(!tenant.requests.some(({ path }) => path.endsWith('/token')))
})

test('a service that ends takes the other process with it', async () => {
  const { child, seen, done } = service(
    'ending',
    process.execPath,
    '-e',
    'console.error(process.pid);process.on("message",()=>{})',
  )
  const [, pid] = await seen('stderr', /^(\d+)\n/)
  child.kill('SIGTERM')
  assert.equal((await done).code, 0)
  assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' })
})
