/** What the tests of the addon share: where it is, and files whose opening takes as long as the test wants. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadNativeAddon, nativeAddonFile, requireCapability } from '#lib/native/addon.js'
import { onlyOn, withPython } from '../support/machine.js'
import { Program } from '../support/program.js'

/** The file lock of the built addon. */
export const fileLock = requireCapability(loadNativeAddon(), 'fileLock')

/** URL of the loader, for scripts in other threads and processes. */
export const LOADER = new URL('../../dist/native/addon.js', import.meta.url).href

/** The root of this package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The binary that is loaded: what this checkout has built, or the prebuild of a package. */
export const ADDON = join(ROOT, nativeAddonFile() ?? 'there is no addon')

// A lease makes the kernel hold up everybody who opens the file, for up to 45 s or until the lease's owner gives it back:
// the same as a file server that does not answer.
const TAKE_LEASES = `
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
for path in sys.argv[2:]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.write(file, sys.argv[1].encode())
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print('taken', flush=True)
sys.stdin.readline()
`

/** For tests of {@link blockingFiles}. */
export const withLeases = process.platform === 'win32' ? onlyOn('linux', 'a lease on a file') : withPython

/** Lock files in `folder`, with `text` in them, whose opening blocks until `release` is called. */
export async function blockingFiles(t: TestContext, folder: string, count: number, text = '') {
  const paths = Array.from({ length: count }, (_, i) => join(folder, `blocking-${i}`))
  const holder = Program.python(t, TAKE_LEASES, text, ...paths)
  assert.equal(await holder.line(), 'taken')
  return { paths, release: () => holder.kill() }
}
