/** Lays out a copy of the package and its tests, which then load the addon that is in it and no other. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Copies what the library and its tests need from `root` to `folder`, which is emptied before, `more` besides, and `addon`, if
 * there is one that was built apart, into its place.
 */
export function layOut(root, folder, addon, more = []) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  if (addon !== undefined) cpSync(addon, join(folder, 'build', 'Release', 'latchkey.node'))
  // The dependencies are found in the folders above.
  for (const name of ['package.json', 'dist', 'dist-test', 'scripts/tally-reporter.mjs', 'test/fixtures', ...more]) {
    if (!existsSync(join(root, name))) continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
}
