/** Lays out the package as an installation has it, with the prebuilds and nothing compiled, and the tests beside it. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './places.mjs'

const CONTENTS = ['package.json', 'dist', 'dist-test', 'prebuilds', 'scripts/tally-reporter.mjs', 'test/fixtures']

/** The dependencies are found in the folders above. Returns where it is; the last one is taken away. */
export function layOutPackage() {
  const folder = join(ROOT, 'build-prebuilds', 'package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of CONTENTS) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  return folder
}
