/** `npm run setup:peers`: puts into test/peers/ what is measured or tested against and needs headers or a compiler to install. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('peers', import.meta.url))
const PEERS = fileURLToPath(new URL('../test/peers', import.meta.url))
const FILES = ['package.json', 'package-lock.json']

/** The peer as a module, or undefined where `npm run setup:peers` has not put it. */
export function loadPeer(name) {
  const isThere = FILES.every(file => isSame(path.join(SOURCES, file), path.join(PEERS, file)))
  if (!isThere) return undefined
  try {
    return createRequire(path.join(PEERS, 'package.json'))(name)
  } catch {
    return undefined
  }
}

function isSame(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other))
}

function npm(...args) {
  const { status, error } = spawnSync('npm', args, {
    cwd: PEERS,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`)
}

// Those with a binary: keytar is how msal-node's extensions reach a keyring, and needs the headers of libsecret.
const BUILT = ['kerberos', 'keytar']

function main() {
  if (BUILT.every(name => loadPeer(name) !== undefined)) return console.log('All peers are installed in test/peers.')
  mkdirSync(PEERS, { recursive: true })
  // The lock holds versions and hashes. A package's own installation would ask GitHub for a binary first.
  for (const file of FILES) copyFileSync(path.join(SOURCES, file), path.join(PEERS, file))
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund')
  // A Linux distribution's Node has its headers beside it; without them node-gyp downloads them.
  const prefix = path.resolve(process.execPath, '../..')
  const headers = existsSync(path.join(prefix, 'include/node/node_version.h')) ? [`--nodedir=${prefix}`] : []
  for (const name of BUILT) {
    npm('explore', name, '--', 'node-gyp', 'rebuild', ...headers)
    if (loadPeer(name) === undefined) throw new Error(`${name} is built and cannot be loaded`)
  }
  console.log('All peers are installed in test/peers.')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
