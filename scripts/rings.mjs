/** The rings of tests: where each lives under dist-test/, how it runs, and what the machine must have for it. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { allPrebuilds, arm64, compilers, musl, otherNodes } from './prebuilds/needs.mjs'
import {
  apache,
  chromium,
  desktop,
  dotnet,
  dotnetForWindows,
  electron,
  kerberos,
  keyrings,
  keytar,
  msalNodeExtensions,
  nativeAddon,
  pythonMsal,
  pythonPty,
  pythonSecret,
  redisServer,
  samba,
  squid,
  strace,
  wine,
  xmlsec1,
} from './ring-needs.mjs'

/**
 * In the order in which they run. `concurrency` is in files, `timeoutSeconds` is for one file.
 * `needs` stop the whole ring; `partNeeds` stop only the files whose path matches.
 */
export const RINGS = [
  {
    name: 'unit',
    folders: ['unit', 'emulator'],
    concurrency: 4,
    timeoutSeconds: 120,
    needs: [],
    partNeeds: [{ files: /assertion-signature/, need: xmlsec1 }],
  },
  { name: 'fuzz', folders: ['fuzz'], concurrency: 2, timeoutSeconds: 300, needs: [] },
  { name: 'flow', folders: ['flow'], concurrency: 4, timeoutSeconds: 180, needs: [] },
  { name: 'native', folders: ['native'], concurrency: 1, timeoutSeconds: 180, needs: [nativeAddon] },
  { name: 'cli', folders: ['cli', 'examples'], concurrency: 4, timeoutSeconds: 180, needs: [nativeAddon, pythonPty] },
  {
    name: 'cache',
    folders: ['cache'],
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [nativeAddon],
    partNeeds: [{ files: /unchanged-file/, need: strace }],
  },
  { name: 'redis', folders: ['redis'], concurrency: 1, timeoutSeconds: 300, needs: [redisServer] },
  {
    name: 'kerberos',
    folders: ['kerberos'],
    concurrency: 2,
    timeoutSeconds: 300,
    needs: [nativeAddon, kerberos],
    partNeeds: [
      { files: /apache|samba/, need: apache },
      { files: /samba/, need: samba },
      { files: /squid/, need: squid },
    ],
  },
  {
    name: 'keyring',
    folders: ['keyring'],
    concurrency: 2,
    timeoutSeconds: 300,
    needs: [nativeAddon, keyrings],
    partNeeds: [{ files: /kerberos/, need: kerberos }],
  },
  {
    name: 'wine',
    folders: ['wine'],
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [wine],
    partNeeds: [
      { files: /negotiate/, need: kerberos },
      { files: /parent-window/, need: desktop },
      { files: /shared-file/, need: dotnetForWindows },
      { files: /shared-file/, need: msalNodeExtensions },
    ],
  },
  { name: 'tarball', folders: ['tarball'], concurrency: 2, timeoutSeconds: 300, needs: [nativeAddon] },
  {
    name: 'window',
    folders: ['window'],
    concurrency: 1,
    timeoutSeconds: 300,
    needs: [nativeAddon, desktop],
    partNeeds: [
      { files: /app-window|profile/, need: chromium },
      { files: /keyring/, need: keyrings },
    ],
  },
  { name: 'browser', folders: ['browser'], concurrency: 1, timeoutSeconds: 300, needs: [chromium] },
  {
    name: 'electron',
    folders: ['electron'],
    concurrency: 1,
    timeoutSeconds: 300,
    needs: [nativeAddon, keyrings, electron],
  },
  {
    name: 'prebuilds',
    folders: ['prebuilds'],
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [allPrebuilds],
    partNeeds: [
      { files: /inspection/, need: compilers },
      { files: /linux|windows/, need: otherNodes },
      { files: /musl/, need: musl },
      { files: /linux/, need: arm64 },
      { files: /linux/, need: electron },
      { files: /windows/, need: wine },
    ],
  },
  {
    name: 'third-party',
    folders: ['third-party'],
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [],
    partNeeds: [
      { files: /python/, need: pythonMsal },
      { files: /msal-node-extensions/, need: msalNodeExtensions },
      { files: /dotnet|msal-net/, need: dotnet },
      { files: /kerberos/, need: kerberos },
      { files: /keyring/, need: keyrings },
      { files: /keyring-msal-python/, need: pythonSecret },
      { files: /keyring-msal-node/, need: keytar },
    ],
  },
]

/** Compiled test files of a ring, relative to `root`, leaving out those whose source is gone. */
export function testFiles(root, ring) {
  return ring.folders
    .flatMap(folder => walk(path.join(root, 'dist-test', folder)))
    .filter(file => file.endsWith('.test.js'))
    .map(file => path.relative(root, file))
    .filter(file => existsSync(path.join(root, file.replace(/^dist-test/, 'test').replace(/js$/, 'ts'))))
    .sort()
}

function walk(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const file = path.join(folder, entry.name)
    return entry.isDirectory() ? walk(file) : [file]
  })
}
