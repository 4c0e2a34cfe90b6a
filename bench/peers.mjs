/** The libraries that this machine can compare with, their versions, and why others are missing. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadPeer } from '../scripts/setup-peers.mjs'
import { buildDotnet } from './dotnet.mjs'
import { MSAL_NODE, MSAL_NODE_ON_DISK, MSAL_PYTHON, MSAL_PYTHON_ON_DISK, msalNet, msalNetOnDisk } from './subject.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * @returns `inMemory` and `onDisk`, subjects beside ours; `integrated`, those that sign in with a ticket; `hasKerberos`; `versions` by name; `missing`, a
 * line for each that is not there.
 */
export function findPeers({ onProgress }) {
  const dotnet = buildDotnet({ onProgress })
  const python = pythonVersion()
  const extensions = loadPeer('@azure/msal-node-extensions/package.json')?.version
  const kerberos = loadPeer('kerberos') && loadPeer('kerberos/package.json').version
  const missing = [
    ...(dotnet.missing === undefined ? [] : [`MSAL.NET: ${dotnet.missing}`]),
    ...(python === undefined ? ['MSAL Python: /usr/bin/python3 has no msal (npm run setup:debian)'] : []),
    ...(extensions === undefined ? ['the extensions of msal-node: not installed (npm run setup:peers)'] : []),
    ...(kerberos === undefined ? ['kerberos: not installed (npm run setup:peers)'] : []),
  ]
  const net = dotnet.program
  return {
    inMemory: [MSAL_NODE, ...(net ? [msalNet(net)] : []), ...(python ? [MSAL_PYTHON] : [])],
    onDisk: [
      ...(extensions ? [MSAL_NODE_ON_DISK] : []),
      ...(net ? [msalNetOnDisk(net)] : []),
      ...(python ? [MSAL_PYTHON_ON_DISK] : []),
    ],
    integrated: net ? [msalNet(net)] : [],
    hasKerberos: kerberos !== undefined,
    versions: {
      Node: process.versions.node,
      latchkey: versionIn('package.json'),
      'msal-node': versionIn('node_modules/@azure/msal-node/package.json'),
      ...(extensions && { 'msal-node-extensions': extensions }),
      ...(net && { 'MSAL.NET': referencedVersion() }),
      ...(python && { 'MSAL Python': python }),
      ...(kerberos && { kerberos }),
    },
    missing,
  }
}

const versionIn = file => JSON.parse(readFileSync(`${ROOT}${file}`, 'utf8')).version

function referencedVersion() {
  const project = readFileSync(new URL('dotnet/bench.csproj', import.meta.url), 'utf8')
  return /"Microsoft\.Identity\.Client" Version="([^"]+)"/.exec(project)[1]
}

function pythonVersion() {
  const program = 'import msal, msal_extensions; print(msal.__version__)'
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', program], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
