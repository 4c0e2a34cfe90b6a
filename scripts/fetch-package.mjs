/** Fetches a package of npm, exactly the one that was tried, without installing it: it may be for another system. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @throws {Error} with what the program wrote, unless it ended well */
export function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr || result.error}`)
}

/**
 * Unpacks `members` of the package, or all of it, into `target`, whole or not at all.
 * @param {{ name: string, version: string, integrity: string }} what `integrity` as in package-lock.json
 * @throws {Error} when the registry answers with another package
 */
export function fetchPackage({ name, version, integrity }, target, members = ['package']) {
  mkdirSync(dirname(target), { recursive: true })
  const scratch = mkdtempSync(join(dirname(target), 'fetch-'))
  try {
    run('npm', ['pack', `${name}@${version}`, '--silent'], scratch)
    const archive = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
    const found = `sha512-${createHash('sha512')
      .update(readFileSync(join(scratch, archive)))
      .digest('base64')}`
    if (found !== integrity) throw new Error(`${name} ${version} is not the package that was tried: ${found}`)
    run('tar', ['--extract', '--file', archive, '--strip-components=1', ...members], scratch)
    rmSync(join(scratch, archive))
    rmSync(target, { recursive: true, force: true })
    renameSync(scratch, target)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
