/** Folders for tests of diagnose, removed when the process ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-diagnose-'))
  folders.push(folder)
  return folder
}

/** A file system with these files, by their path from its beginning; those of `bin` are programs. */
export function fileSystem(files: Readonly<Record<string, string>> = {}): string {
  const root = scratchFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text, { mode: name.startsWith('bin/') ? 0o755 : 0o644 })
  }
  return root
}
