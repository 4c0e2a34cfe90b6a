/** `npm run test:valgrind`: one small exercise of the released build under valgrind, which also sees reads of what was never written. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LOG = join(tmpdir(), `latchkey-valgrind-${process.pid}.log`)
const ERROR = 97

// Every capability once, where it succeeds and where it fails; nobody's keyring and no windows.
const EXERCISE = `
  import { mkdtempSync, writeFileSync } from 'node:fs'
  const { fileLock, negotiate, parentWindow, secretStore } = (await import('./dist/native/addon.js')).loadNativeAddon()
  const folder = mkdtempSync('/tmp/latchkey-valgrind-')
  const none = new Uint8Array()
  const credentials = { clientKeytab: '', credentialCache: 'FILE:' + folder + '/absent', principal: 'a@B', username: '', domain: '', password: none }
  const target = { servicePrincipalName: 'HTTP/localhost', channelBindings: new Uint8Array(8), allowNtlm: false, credentials }
  const item = { service: 's', account: 'a', schema: 's', matchSchema: true, attributes: { a: 'b' }, collection: 'default', contentType: 'text/plain' }
  const codes = []
  const note = promise => promise.then(() => codes.push('ok'), error => codes.push(error.code))
  const { handle } = await fileLock.tryAcquire(folder + '/lock', '1 me', '')
  await note(fileLock.tryAcquire(folder + '/lock', '1 you', ''))
  await handle.release()
  writeFileSync(folder + '/lock', '4194305 dead')
  const taken = await fileLock.tryAcquire(folder + '/lock', '1 me', '')
  await taken.handle.release()
  await note(fileLock.tryAcquire(folder + '/absent/lock', '', ''))
  await note(negotiate.inspect(credentials))
  await note(negotiate.currentUser(credentials))
  await note(negotiate.open(target))
  await note(secretStore.get(item, 60_000))
  await note(parentWindow.inspect(7n))
  for (const call of [() => fileLock.tryAcquire(1), () => negotiate.open({}), () => parentWindow.find(0.5)]) {
    try { call() } catch (error) { codes.push(error.name) }
  }
  console.log(codes.join(' '))
`
const EXPECTED = 'ok NOT_FOUND ok ok NO_CREDENTIALS NO_SERVICE UNAVAILABLE TypeError TypeError TypeError'

const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
delete env.DISPLAY
delete env.WAYLAND_DISPLAY
// Leaks are LeakSanitizer's business, which knows V8's heap.
const options = [`--error-exitcode=${ERROR}`, '--leak-check=no', '--quiet', `--log-file=${LOG}`]
// V8 makes code as it runs, which valgrind has to be told to look at again.
const args = [...options, '--smc-check=all-non-file', process.execPath, '--input-type=module', '-e', EXERCISE]
const started = performance.now()
const { status, stdout, stderr, error } = spawnSync('valgrind', args, {
  cwd: ROOT,
  env,
  encoding: 'utf8',
  timeout: 300_000,
})
if (error?.code === 'ENOENT') {
  console.error('There is no valgrind. To mend it: sudo apt-get install valgrind')
  process.exit(1)
}
const log = readFileSync(LOG, 'utf8')
rmSync(LOG)
const seconds = ((performance.now() - started) / 1000).toFixed(0)
if (status === 0 && stdout.trim() === EXPECTED) {
  console.log(`valgrind found nothing (${seconds} s)`)
} else {
  console.error(`exit code ${status} after ${seconds} s\n${log}${stderr}\nexpected: ${EXPECTED}\ngot:      ${stdout}`)
  process.exitCode = 1
}
