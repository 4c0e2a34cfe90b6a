/** The programs in `examples/`, installed as their readers would. */
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Copies an example into the folder, where it finds this checkout as its package; resolves with the copy. */
export async function installExample(example: string, folder: string): Promise<string> {
  const copy = join(folder, example)
  const dependencies = join(copy, 'node_modules')
  await cp(join(ROOT, 'examples', example), copy, { recursive: true })
  await mkdir(dependencies, { recursive: true })
  await symlink(ROOT, join(dependencies, 'latchkey'))
  return copy
}
