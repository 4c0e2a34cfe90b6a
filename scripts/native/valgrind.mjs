/** `npm run test:valgrind`: one small exercise of the released build under valgrind, which also sees reads of what was never written. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'latchkey-valgrind-'))
const ERROR = 97

// Every capability once, where it succeeds and where it fails; nobody's keyring and no windows.
const EXERCISE = `
  import { mkdtempSync, writeFileSync } from 'node:fs'
  const { fileLock, negotiate, parentWindow, secretStore } = (await import('./dist/native/addon.js')).loadNativeAddon()
  const folder = mkdtempSync(process.env.LATCHKEY_SCRATCH + '/')
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

const env = { ...process.env, LATCHKEY_SCRATCH: scratch, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
delete env.DISPLAY
delete env.WAYLAND_DISPLAY

/** Runs Node under valgrind to its end. */
function runUnder(script, more = {}) {
  // Leaks are LeakSanitizer's business, which knows V8's heap; V8 makes code as it runs, which has to be looked at again.
  const options = [`--error-exitcode=${ERROR}`, '--leak-check=no', '--smc-check=all-non-file', '--quiet']
  const args = [...options, `--log-file=${join(scratch, 'log')}`, process.execPath, '--input-type=module', '-e', script]
  return spawnSync('valgrind', args, { cwd: ROOT, env: { ...env, ...more }, encoding: 'utf8', timeout: 300_000 })
}

/** A planted fault has to be seen, or finding nothing would say nothing. */
function seesFaults() {
  const library = join(scratch, 'canary.node')
  const source = join(ROOT, 'scripts/native/canary.cc')
  const built = spawnSync('g++', ['-std=c++17', '-g', '-shared', '-fPIC', source, '-o', library], { stdio: 'inherit' })
  if (built.status !== 0) return false
  const load = `try { process.dlopen({ exports: {} }, ${JSON.stringify(library)}) } catch {}`
  return runUnder(load, { LATCHKEY_CANARY: 'overflow' }).status === ERROR
}

function main() {
  if (spawnSync('valgrind', ['--version']).error !== undefined) {
    console.error('There is no valgrind. To mend it: sudo apt-get install valgrind')
    return false
  }
  if (!seesFaults()) {
    console.error('valgrind did not see a planted fault')
    return false
  }
  const { status, stdout, stderr } = runUnder(EXERCISE)
  if (status === 0 && stdout.trim() === EXPECTED) {
    console.log('valgrind saw a planted fault, and found nothing else')
    return true
  }
  const log = readFileSync(join(scratch, 'log'), 'utf8')
  console.error(`exit code ${status}\n${log}${stderr}\nexpected: ${EXPECTED}\ngot:      ${stdout}`)
  return false
}

process.exitCode = main() ? 0 : 1
rmSync(scratch, { recursive: true })
