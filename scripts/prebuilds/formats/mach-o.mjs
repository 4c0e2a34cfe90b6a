/** Reads from a 64-bit Mach-O file, of macOS, what its loader would: libraries, symbols, protections. */
import { isSignatureOf } from './code-signature.mjs'
import { textAt } from './text-at.mjs'

// By processor and variant of it: programs of arm64e, whose pointers are signed, load no other.
const MACHINES = { 16777223.3: 'x64', '16777228.0': 'arm64' }
const MACOS = 1
const LIBRARY_OR_BUNDLE = [6, 8]
const ALLOW_STACK_EXECUTION = 0x20000
const COMMAND = {
  symbols: 0x2,
  libraries: [0xc, 0x80000018, 0x8000001f, 0x20],
  segment: 0x19,
  signature: 0x1d,
  minimum: 0x24,
  folder: 0x8000001c,
  dyldInfo: 0x80000022,
  build: 0x32,
  exports: 0x80000033,
}
const MAY = { write: 2, run: 4 }
const ANY_LIBRARY = 254

/**
 * @param {Buffer} bytes the whole file
 * @returns {{ format: 'mach-o', system: string, machine: string, isLibrary: boolean, libraries: string[], exported: string[], undefinedSymbols: string[], fromAnywhere: string[], minimumSystem?: string, signature?: boolean, searchesFolders: boolean, protections: Record<string, boolean> }}
 *   `signature` is undefined when there is none, and says whether it is of these bytes; symbols without the underscore that C's names begin with; `fromAnywhere` are those that no library is named for
 * @throws {Error} when it is no such file
 */
export function readMachO(bytes) {
  if (bytes.length < 32 || bytes.readUInt32LE(0) !== 0xfeedfacf) throw new Error('not a 64-bit Mach-O file')
  const commands = readCommands(bytes)
  const first = (...types) => commands.find(command => types.includes(command.type))
  const segments = commands.filter(command => command.type === COMMAND.segment)
  const wanted = readUndefined(bytes, first(COMMAND.symbols))
  const signature = first(COMMAND.signature)
  // The upper byte of the variant says what else the processor has to be able to do.
  const machine = `${bytes.readUInt32LE(4)}.${bytes.readUInt32LE(8) & 0xffffff}`
  const undefinedSymbols = wanted.map(({ name }) => name)
  return {
    format: 'mach-o',
    system: platformOf(bytes, first(COMMAND.build), first(COMMAND.minimum)),
    machine: MACHINES[machine] ?? `machine ${machine}`,
    isLibrary: LIBRARY_OR_BUNDLE.includes(bytes.readUInt32LE(12)),
    libraries: commands
      .filter(command => COMMAND.libraries.includes(command.type))
      .map(({ at }) => textAt(bytes, at + bytes.readUInt32LE(at + 8)))
      .sort(),
    exported: readExports(bytes, first(COMMAND.exports), first(COMMAND.dyldInfo)),
    undefinedSymbols,
    fromAnywhere: wanted.filter(({ library }) => library === ANY_LIBRARY).map(({ name }) => name),
    minimumSystem: minimumSystem(bytes, first(COMMAND.build), first(COMMAND.minimum)),
    signature: signature && isSignatureOf(bytes, bytes.readUInt32LE(signature.at + 8)),
    searchesFolders: first(COMMAND.folder) !== undefined,
    protections: {
      noExecutableStack: (bytes.readUInt32LE(24) & ALLOW_STACK_EXECUTION) === 0,
      noWritableCode: segments.every(({ at }) => {
        const may = bytes.readUInt32LE(at + 60)
        return (may & MAY.write) === 0 || (may & MAY.run) === 0
      }),
      stackProtector: undefinedSymbols.includes('__stack_chk_fail'),
    },
  }
}

function readCommands(bytes) {
  const commands = []
  let at = 32
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const size = bytes.readUInt32LE(at + 4)
    if (size < 8) throw new Error(`a load command of ${size} bytes`)
    commands.push({ type: bytes.readUInt32LE(at), at })
    at += size
  }
  return commands
}

const withoutUnderscore = name => name.replace(/^_/, '')

function readUndefined(bytes, command) {
  if (command === undefined) return []
  const [begin, count, texts] = [8, 12, 16].map(offset => bytes.readUInt32LE(command.at + offset))
  const wanted = []
  for (let at = begin; at < begin + count * 16; at += 16) {
    const type = bytes[at + 4]
    // Not a debugger's, of other files too, and defined nowhere here.
    if ((type & 0xe0) !== 0 || (type & 1) === 0 || (type & 0x0e) !== 0) continue
    const name = withoutUnderscore(textAt(bytes, texts + bytes.readUInt32LE(at)))
    wanted.push({ name, library: bytes.readUInt16LE(at + 6) >> 8 })
  }
  return wanted.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One of the commands is macOS's alone, the other is every system's. */
function platformOf(bytes, build, minimum) {
  const platform = build ? bytes.readUInt32LE(build.at + 8) : minimum && MACOS
  return platform === MACOS ? 'darwin' : `platform ${platform}`
}

function minimumSystem(bytes, build, minimum) {
  const at = build ? build.at + 12 : minimum ? minimum.at + 8 : undefined
  if (at === undefined) return undefined
  const version = bytes.readUInt32LE(at)
  return `${version >> 16}.${(version >> 8) & 255}`
}

/** The names in the tree that dyld looks exports up in. */
function readExports(bytes, trie, info) {
  const [begin, size] = trie
    ? [bytes.readUInt32LE(trie.at + 8), bytes.readUInt32LE(trie.at + 12)]
    : info
      ? [bytes.readUInt32LE(info.at + 40), bytes.readUInt32LE(info.at + 44)]
      : [0, 0]
  const tree = bytes.subarray(begin, begin + size)
  const names = []
  const seen = new Set()
  const visit = (at, name) => {
    if (seen.has(at)) throw new Error('the tree of exports has a circle')
    seen.add(at)
    const [own, afterLength] = readNumber(tree, at)
    if (own > 0) names.push(withoutUnderscore(name))
    let next = afterLength + own
    for (let left = tree.readUInt8(next++); left > 0; left -= 1) {
      const edge = textAt(tree, next)
      const [child, afterChild] = readNumber(tree, next + edge.length + 1)
      next = afterChild
      visit(child, name + edge)
    }
  }
  if (size > 0) visit(0, '')
  return names.sort()
}

/** A number of variable length (ULEB128), and where it ends. */
function readNumber(bytes, begin) {
  let value = 0
  for (let at = begin, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes.readUInt8(at)
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, at + 1]
  }
}
