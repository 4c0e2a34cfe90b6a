/** Reports optional packages that package-lock.json has lost, for which `npm ci` would refuse to install; `--write` puts them back. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

// npm leaves a platform's package out of the lock when the registry it was written with does not have it, as mirrors do;
// `npm ci` then says on every machine that the lock is not in step.
const OS = /(?:^|[-/])(android|darwin|freebsd|linux|openharmony|sunos|win32|wasm32)(?:-|$)/
const CPU = /-(arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64|wasi)(?:-|$)/

/** The entries that are missing from the packages of a lock, by their path in it. */
export function missingOptionalPackages(packages) {
  const missing = {}
  for (const [owner, { optionalDependencies = {}, dev, devOptional }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (nearest(packages, owner, name) !== undefined) continue
      const version = /^[~^]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1]
      if (version === undefined) throw new Error(`${owner} wants ${name}@${range}: which version is that?`)
      missing[`node_modules/${name}`] = {
        version,
        ...platformOf(name),
        ...(dev || devOptional ? { dev: true } : {}),
        optional: true,
      }
    }
  }
  return missing
}

/** Where Node would find `name` from the package at `owner`. */
function nearest(packages, owner, name) {
  const parts = owner === '' ? [] : owner.split(/\/?node_modules\//).slice(1)
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const prefix = parts
      .slice(0, depth)
      .map(part => `node_modules/${part}/`)
      .join('')
    const found = packages[`${prefix}node_modules/${name}`]
    if (found !== undefined) return found
  }
  return undefined
}

function platformOf(name) {
  const short = name.split('/').at(-1)
  const os = OS.exec(short)?.[1]
  const cpu = CPU.exec(short)?.[1]
  const libc = /musl/.test(short) ? 'musl' : /gnu/.test(short) ? 'glibc' : undefined
  if (os === undefined) throw new Error(`${name}: for which system is that?`)
  return {
    ...(os === 'wasm32' ? { cpu: ['wasm32'] } : { ...(cpu && { cpu: [cpu] }), os: [os] }),
    ...(os === 'linux' && libc && { libc: [libc] }),
  }
}

function main() {
  const file = path.resolve(fileURLToPath(import.meta.url), '../../package-lock.json')
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingOptionalPackages(lock.packages)
  const names = Object.keys(missing)
  if (names.length > 0 && process.argv.includes('--write')) {
    const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1))
    writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
    console.log(`${names.length} optional packages put back into package-lock.json`)
    return
  }
  for (const name of names)
    console.error(`package-lock.json lacks ${name}; run node scripts/check-lockfile.mjs --write`)
  console.log(`package-lock.json: ${names.length} optional packages missing`)
  process.exitCode = names.length > 0 ? 1 : 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
