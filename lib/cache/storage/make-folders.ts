/** Makes a folder and those above it, and ends also where the system lets nobody make one. */
import { mkdirSync, statSync } from 'node:fs'
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
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException
    const isThere = error.code === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    if (!isThere) return error
  }
  return undefined
}
