/** The rings of tests: where each lives under dist-test/, how it runs, and what the machine must have for it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

// A need answers undefined when it is met, else what is missing and the command that mends it.

const nativeAddon = root => {
  const built = path.join(root, 'build/Release')
  if (existsSync(built) && readdirSync(built).some(name => name.endsWith('.node'))) return undefined
  return { missing: 'the native addon is not built', mend: 'sudo apt-get install g++ cmake && npm run build' }
}

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0

const chromium = () =>
  existsSync('/usr/bin/chromium')
    ? undefined
    : { missing: 'there is no /usr/bin/chromium', mend: 'sudo apt-get install chromium' }

// Debian's own Python: msal is installed there and not in another one that may come first on the PATH.
const pythonMsal = () =>
  runs('/usr/bin/python3', ['-c', 'import msal, msal_extensions'])
    ? undefined
    : {
        missing: '/usr/bin/python3 has no msal',
        mend: 'sudo apt-get install python3-msal python3-msal-extensions',
      }

const kerberos = () => {
  const programs = ['/usr/sbin/krb5kdc', '/usr/sbin/kadmin.local', '/usr/bin/kinit', '/usr/bin/faketime']
  return programs.every(existsSync) && runs('/usr/bin/python3', ['-c', 'import gssapi'])
    ? undefined
    : {
        missing: 'there is no MIT KDC, or no Python that can check its tickets',
        mend: 'sudo apt-get install krb5-kdc krb5-admin-server krb5-user python3-gssapi faketime',
      }
}

const apache = () =>
  existsSync('/usr/lib/apache2/modules/mod_auth_gssapi.so')
    ? undefined
    : {
        missing: 'there is no Apache with mod_auth_gssapi',
        mend: 'sudo apt-get install apache2 libapache2-mod-auth-gssapi',
      }

const dotnet = () =>
  runs('dotnet', ['--version'])
    ? undefined
    : { missing: 'there is no dotnet on the PATH', mend: 'install the .NET SDK from https://dot.net (Debian has none)' }

/**
 * In the order in which they run. `concurrency` is in files, `timeoutSeconds` is for one file.
 * `needs` stop the whole ring; `partNeeds` stop only the files whose path matches.
 */
export const RINGS = [
  { name: 'unit', folders: ['unit', 'emulator'], concurrency: 4, timeoutSeconds: 120, needs: [] },
  { name: 'flow', folders: ['flow'], concurrency: 4, timeoutSeconds: 180, needs: [] },
  { name: 'native', folders: ['native'], concurrency: 1, timeoutSeconds: 180, needs: [nativeAddon] },
  { name: 'cli', folders: ['cli'], concurrency: 4, timeoutSeconds: 180, needs: [nativeAddon] },
  { name: 'cache', folders: ['cache'], concurrency: 1, timeoutSeconds: 300, needs: [nativeAddon] },
  {
    name: 'kerberos',
    folders: ['kerberos'],
    concurrency: 2,
    timeoutSeconds: 300,
    needs: [nativeAddon, kerberos],
    partNeeds: [{ files: /apache/, need: apache }],
  },
  { name: 'browser', folders: ['browser'], concurrency: 1, timeoutSeconds: 300, needs: [chromium] },
  {
    name: 'third-party',
    folders: ['third-party'],
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [],
    partNeeds: [
      { files: /python/, need: pythonMsal },
      { files: /dotnet|msal-net/, need: dotnet },
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
