/** Makes a libc to link with that has only what an old glibc has, out of the one that is installed. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readElf } from './formats/elf.mjs'

// Linking with the installed one takes the newest version of each function, and with it the demand for a glibc that has it.
// Every glibc still has the older versions, but a linker takes them from a library only in which they are the newest.

/** Orders `GLIBC_2.9` before `GLIBC_2.17`. */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map(version =>
    version
      .replace(/^GLIBC_/, '')
      .split('.')
      .map(Number),
  )
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** The newest version of each symbol of a library that `floor` has already. */
export function symbolsUpTo(floor, library) {
  const found = new Map()
  for (const symbol of library.symbols) {
    // A library also has a symbol for each of its versions.
    if (!symbol.isDefined || !/^GLIBC_\d/.test(symbol.version ?? '') || symbol.name.startsWith('GLIBC_')) continue
    if (compareVersions(symbol.version, floor) > 0) continue
    const other = found.get(symbol.name)
    if (other === undefined || compareVersions(symbol.version, other.version) > 0) found.set(symbol.name, symbol)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const OBJECT = 1

function assemblyOf(symbols) {
  const one = ({ name, version, type, size }, index) => {
    const isData = type === OBJECT
    return `  .type at_${index}, %${isData ? 'object' : 'function'}
  .globl at_${index}
at_${index}:
  .zero ${isData ? Math.max(size, 1) : 4}
  .size at_${index}, . - at_${index}
  .symver at_${index}, ${name}@@${version}, remove`
  }
  const inSection = (section, wanted) =>
    [`  .section ${section}`, ...symbols.flatMap((symbol, index) => (wanted(symbol) ? [one(symbol, index)] : []))].join(
      '\n',
    )
  return `${inSection('.text', symbol => symbol.type !== OBJECT)}\n${inSection('.data', symbol => symbol.type === OBJECT)}
  .section .note.GNU-stack,"",%progbits\n`
}

/** Each version a node of the file that the linker takes names from. */
function versionsOf(symbols) {
  const versions = [...new Set(symbols.map(symbol => symbol.version))].sort(compareVersions)
  return versions.map(version => `${version} { };\n`).join('')
}

/**
 * Writes `libc.so` into `folder`, to be found there before the installed one. Returns a hash of what is in it.
 * @param {{ compiler: string, libc: string, rest: string, floor: string, folder: string }} options `libc` is the installed
 *   library, `rest` what its own `libc.so` names beside it, `floor` such as `GLIBC_2.17`
 */
export function writeFloorLibrary({ compiler, libc, rest, floor, folder }) {
  const symbols = symbolsUpTo(floor, readElf(readFileSync(libc)))
  if (symbols.length < 1000) throw new Error(`${libc} has only ${symbols.length} symbols up to ${floor}`)
  mkdirSync(folder, { recursive: true })
  const file = name => join(folder, name)
  writeFileSync(file('libc.s'), assemblyOf(symbols))
  writeFileSync(file('libc.map'), versionsOf(symbols))
  const flags = ['-shared', '-nostdlib', '-Wl,-soname,libc.so.6', `-Wl,--version-script=${file('libc.map')}`]
  const result = spawnSync(compiler, [...flags, file('libc.s'), '-o', file('libc.so.6')], { encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${compiler} made no libc: ${result.error ?? result.stderr}`)
  // What is beside it is of the machine.
  writeFileSync(file('libc.so'), `GROUP ( ${file('libc.so.6')} ${rest} )\n`)
  return createHash('sha256').update(assemblyOf(symbols)).digest('hex')
}
