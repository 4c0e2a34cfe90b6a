/** Makes a folder and those above it, and ends also where the system lets nobody make one. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes `folder`, for this user alone, with what is missing above it; one that is there stays as it is.
 *
 * Node's own way, `recursive`, asks for ever where a folder that exists answers ENOENT, as /proc and automounters do.
 *
 * @throws the system's error.
 */
export function makeFolders(folder: string): void {
  const error = tryToMake(folder)
  if (error === undefined) return
  if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error
  makeFolders(dirname(folder))
  const again = tryToMake(folder)
  if (again !== undefined) throw again
}

function tryToMake(folder: string): NodeJS.ErrnoException | undefined {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return error as NodeJS.ErrnoException
  }
  return undefined
}
