/** The inspection of prebuilds as scripts/prebuilds has it, and the binaries that it is of. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Target {
  readonly name: string
  readonly file: string
}

const script = (name: string) => import(new URL(`../../../scripts/prebuilds/${name}.mjs`, import.meta.url).href)
export const { inspect } = (await script('inspect')) as {
  inspect(bytes: Buffer, target: Target, options?: { folders?: string[] }): string[]
}
export const { TARGETS } = (await script('targets')) as { TARGETS: Target[] }
export const { judgeFolder } = (await script('build-info')) as { judgeFolder(folder?: string): string[] }
export const { readElf } = (await script('formats/elf')) as {
  readElf(bytes: Buffer): { symbols: Array<{ name: string; version?: string }> }
}
export const { readPe } = (await script('formats/pe')) as {
  readPe(bytes: Buffer): { imports: Record<string, string[]> }
}

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const PREBUILDS = join(ROOT, 'prebuilds')

export function target(name: string): Target {
  const found = TARGETS.find(each => each.name === name)
  assert(found)
  return found
}

export const prebuild = (name: string) => readFileSync(join(PREBUILDS, target(name).file))

/** What is found in a binary that is to be published, once its bytes are changed. */
export function judgeChanged(name: string, change: (bytes: Buffer) => void): string[] {
  const bytes = Buffer.from(prebuild(name))
  change(bytes)
  return inspect(bytes, target(name))
}
