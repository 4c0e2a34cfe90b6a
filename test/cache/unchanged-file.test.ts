/** What a silent call costs the disk, counted in system calls: one look while nobody has written the file. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { needs, temporaryFolder, WHOLE_FILE } from '../support/machine.js'
import { Program } from '../support/program.js'

const PROGRAM = fileURLToPath(new URL('programs/look-at-file.js', import.meta.url))
const STRACE = '/usr/bin/strace'

describe('a silent call', needs(existsSync(STRACE), 'strace'), async () => {
  const folder = await temporaryFolder(WHOLE_FILE)
  const calls = existsSync(STRACE) ? await fileCalls(folder) : new Map<string, string[]>()
  const during = (phase: string): string[] => {
    const found = calls.get(phase)
    assert(found, `${phase} did not come: ${[...calls.keys()]}`)
    return found
  }

  test('looks once at a file that nobody has written, and opens nothing', () => {
    assert.deepEqual(during('100-hits'), Array(100).fill('look cache'))
  })

  test('shares its look with all that begin at the same time', () => {
    assert.deepEqual(during('200-at-once'), ['look cache'])
  })

  test('does not read again what this process has saved', () => {
    assert.ok(during('save').some(call => call.startsWith('rename ')))
    assert.deepEqual(during('hit-after-save'), ['look cache'])
  })

  test('shares the one reading of a file that another process has written', () => {
    assert.deepEqual(during('200-at-once-after-foreign-write'), ['look cache', 'open cache'])
  })
})

/** By phase of the program, what it did with the files in the folder: `look`, `open` or the system call, and the file. */
async function fileCalls(folder: string): Promise<Map<string, string[]>> {
  const trace = join(folder, 'trace')
  const args = ['-f', '-qq', '-e', 'trace=%file', '-s', '256', '-o', trace, process.execPath, PROGRAM, folder]
  await Program.start(WHOLE_FILE, STRACE, args, process.env).ended()
  const phases = new Map<string, string[]>()
  let phase: string[] = []
  for (const line of (await readFile(trace, 'utf8')).split('\n')) {
    const [, call, path] = /^\d+ +(\w+)\([^"]*"([^"]*)"/.exec(line) ?? []
    if (path?.startsWith('/now/')) {
      phase = []
      phases.set(path.slice('/now/'.length), phase)
    } else if (call && path?.startsWith(`${folder}/`)) phase.push(`${kindOf(call)} ${path.slice(folder.length + 1)}`)
  }
  return phases
}

function kindOf(call: string): string {
  if (/^(?:statx|newfstatat|l?stat)$/.test(call)) return 'look'
  return call.startsWith('open') ? 'open' : call.replace(/^rename.*/, 'rename')
}
