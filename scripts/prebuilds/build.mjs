/** `npm run prebuilds [-- target …]`, `npm run prebuilds:all`: puts the binaries of this system, of some, or of all into prebuilds/. */
import { removeOutdated, writeBuildInfo } from './build-info.mjs'
import { buildTarget } from './compile.mjs'
import { hostTarget, TARGETS } from './targets.mjs'

const args = process.argv.slice(2)
const unknown = args.filter(arg => arg !== '--all' && !TARGETS.some(target => target.name === arg))
if (unknown.length > 0) {
  console.error(`Unknown target: ${unknown.join(', ')}. Targets: ${TARGETS.map(target => target.name).join(' ')}`)
  process.exit(2)
}
const wanted = args.includes('--all')
  ? TARGETS
  : args.length > 0
    ? TARGETS.filter(({ name }) => args.includes(name))
    : [hostTarget()]

removeOutdated()
for (const target of wanted) {
  const started = performance.now()
  const { compiler, fromCache } = buildTarget(target)
  // After each, so that a run that is stopped has not worked in vain.
  writeBuildInfo([{ target, compiler }])
  const how = fromCache ? 'as it was built before' : `built in ${((performance.now() - started) / 1000).toFixed(0)} s`
  console.log(`prebuilds/${target.file.padEnd(32)} ${how} by ${compiler.compiler}`)
}
