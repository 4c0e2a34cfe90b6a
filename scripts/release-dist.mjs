/** `npm pack` runs it: leaves of dist/ what users have a use for. The next build makes it whole again. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Takes out the source maps, a third of the package, since what tsc makes of lib/ is lib/ without its types, and the declarations
 * that no entry leads to.
 * @param {string} root where the package is
 */
export function releaseDist(root) {
  const dist = join(root, 'dist')
  // tsc would think that everything is there.
  rmSync(join(dist, 'lib.tsbuildinfo'), { force: true })
  const declarations = declarationsOf(root)
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = join(dist, name)
    if (name.endsWith('.js.map') || (name.endsWith('.d.ts') && !declarations.has(file))) rmSync(file)
    // A debugger complains of a map that is not there.
    else if (name.endsWith('.js'))
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, ''))
  }
}

/** The declarations of the entries, and those that these refer to. */
function declarationsOf(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const found = new Set(Object.values(exports).flatMap(({ types }) => (types ? [resolve(root, types)] : [])))
  // A set also gives what is added meanwhile.
  for (const file of found) {
    const references = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g)
    for (const [, name] of references) found.add(resolve(dirname(file), `${name}.d.ts`))
  }
  const missing = [...found].find(file => !existsSync(file))
  if (missing !== undefined) throw new Error(`there is no ${missing}: npm run build`)
  return found
}

if (process.argv[1] === fileURLToPath(import.meta.url)) releaseDist(fileURLToPath(new URL('..', import.meta.url)))
