/** `npm run audit`: known vulnerabilities in what the lock file names, as the registry tells them. One that does not answer is said, not passed over. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 120_000,
})

/** What npm printed, or `{}` for what is no JSON. */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const answer = parse(stdout ?? '')
if (answer.metadata?.vulnerabilities === undefined) {
  const why = answer.message ?? answer.error?.summary ?? error?.message ?? stderr
  // npm names the request that the registry refused, or why it could not be reached; all else is a fault of ours.
  const isRegistrys =
    typeof answer.uri === 'string' || /\b(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|E\w*TIMEDOUT)\b/.test(`${why}${stderr}`)
  console.log(`${isRegistrys ? '– not asked' : '✗ npm audit failed'}: ${why}`)
  process.exitCode = isRegistrys ? 0 : 1
} else {
  const found = Object.values(answer.vulnerabilities)
  for (const { name, severity, range, isDirect, via = [] } of found) {
    console.log(`✗ ${name} ${range || 'of any version'}: ${severity}${isDirect ? ', a dependency of ours' : ''}`)
    for (const { title, url } of via.filter(cause => typeof cause === 'object')) console.log(`    ${title}: ${url}`)
  }
  console.log(`${found.length} vulnerabilities in ${answer.metadata.dependencies?.total ?? '?'} packages`)
  process.exitCode = found.length > 0 ? 1 : 0
}
