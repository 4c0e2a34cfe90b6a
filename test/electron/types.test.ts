/** The types of the web UI held against Electron's own declarations. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { installExample, ROOT } from '../support/examples.js'
import { temporaryFolder } from '../support/machine.js'

/** What tsc says of a program that has Electron's types and this package's. */
async function complaints(folder: string, program: string): Promise<string> {
  const file = join(folder, 'program.ts')
  await writeFile(file, program)
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    '--target',
    'es2022',
  ]
  const modules = ['--module', 'nodenext', '--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node']
  const files = [file, join(ROOT, '.electron/33.2.1/electron.d.ts')]
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  return new Promise(resolve => {
    execFile(process.execPath, [tsc, ...options, ...modules, ...files], (_error, stdout) => resolve(stdout))
  })
}

test("Electron's BrowserWindow is what the web UI takes, and nothing else is", async t => {
  const folder = await installExample('electron', await temporaryFolder(t))
  const program = `import { BrowserWindow, dialog } from 'electron'
import type { CustomWebUi } from 'latchkey'
import { electronWebUi } from 'latchkey/electron'

const parent = new BrowserWindow()
export const uis: CustomWebUi[] = [
  electronWebUi({ BrowserWindow }),
  electronWebUi({ BrowserWindow, parent, partition: 'persist:sign-in', modal: false, width: 1, height: 1, title: '' }),
  electronWebUi({ BrowserWindow, parent: () => BrowserWindow.getFocusedWindow() }),
]
// @ts-expect-error
electronWebUi({ BrowserWindow: dialog })
// @ts-expect-error
electronWebUi({ BrowserWindow, parent: {} })
// @ts-expect-error
electronWebUi({ parent })
`
  assert.equal(await complaints(folder, program), '')
})
