/** `npm run prebuilds:reproduce [-- target …]`: builds what is in prebuilds/ anew, in another folder, and says what differs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBuildInfo, sha256Of } from './build-info.mjs'
import { compileTarget } from './compile.mjs'
import { TARGETS } from './targets.mjs'

const names = process.argv.slice(2)
const { binaries } = readBuildInfo() ?? { binaries: {} }
const wanted = TARGETS.filter(({ name }) => name in binaries && (names.length === 0 || names.includes(name)))
if (wanted.length === 0) throw new Error('there are no such prebuilds: npm run prebuilds')

let differing = 0
for (const target of wanted) {
  // Not where it was built, and with a name of another length: neither may leave a trace.
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-reproduce-'))
  try {
    const isSame = sha256Of(compileTarget(target, join(folder, 'elsewhere'))) === binaries[target.name].sha256
    if (!isSame) differing += 1
    console.log(`${isSame ? '✓ the same' : '✗ differs'}  ${target.file}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exitCode = differing === 0 ? 0 : 1
