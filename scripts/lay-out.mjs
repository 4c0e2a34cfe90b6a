/** Lays out a copy of the package around an addon that was built apart, so that the tests load that one and no other. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Copies what the library and its tests need from `root` to `folder`, which is emptied before, and `addon` into its place. */
export function layOut(root, folder, addon, more = []) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true })
  cpSync(addon, join(folder, 'build', 'Release', 'latchkey.node'))
  // The dependencies are found in the folders above.
  for (const name of ['package.json', 'dist', 'dist-test', 'scripts/tally-reporter.mjs', 'test/fixtures', ...more]) {
    if (!existsSync(join(root, name))) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
}
