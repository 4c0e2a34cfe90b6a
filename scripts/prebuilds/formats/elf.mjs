/** Reads from a 64-bit ELF file, of Linux, what its loader would: symbols and their versions, libraries, protections. */
import { textAt } from './text-at.mjs'

const SECTION = { dynamic: 6, dynsym: 11, verdef: 0x6ffffffd, verneed: 0x6ffffffe, versym: 0x6fffffff }
const DYNAMIC = { NEEDED: 1, RPATH: 15, TEXTREL: 22, BIND_NOW: 24, RUNPATH: 29, FLAGS: 30, FLAGS_1: 0x6ffffffb }
const SEGMENT = { stack: 0x6474e551, relro: 0x6474e552 }
const MACHINES = { 62: 'x64', 183: 'arm64' }
const SHARED_OBJECT = 3
const LOADED = 1
const MAY = { run: 1, write: 2 }
// The general one, and the one of programs that use what GNU added.
const LINUX_ABI = [0, 3]
const HIDDEN_VERSION = 0x8000

/**
 * A dynamic symbol. `isDefault` is true when a program that names no version gets this one; `version` is undefined where
 * there are none, `type` as `STT_…` in elf.h.
 * @typedef {{ name: string, version?: string, isDefault: boolean, isDefined: boolean, isWeak: boolean, type: number, size: number }} DynamicSymbol
 */

/**
 * @param {Buffer} bytes the whole file
 * @returns {{ format: 'elf', system: string, machine: string, isLibrary: boolean, libraries: string[], symbols: DynamicSymbol[], searchesFolders: boolean, protections: Record<string, boolean> }}
 * @throws {Error} when it is no such file
 */
export function readElf(bytes) {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) throw new Error('not an ELF file')
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error('not a 64-bit little-endian ELF file')
  const sections = tableOf(bytes, 40, 58, readSection)
  const segments = tableOf(bytes, 32, 54, (data, at) => ({
    type: data.readUInt32LE(at),
    flags: data.readUInt32LE(at + 4),
  }))
  const dynamic = readDynamic(bytes, sections)
  const flagsOf = tag => dynamic.filter(entry => entry.tag === tag).reduce((flags, entry) => flags | entry.value, 0)
  const stack = segments.find(segment => segment.type === SEGMENT.stack)
  const symbols = readSymbols(bytes, sections)
  return {
    format: 'elf',
    system: LINUX_ABI.includes(bytes[7]) ? 'linux' : `system ${bytes[7]}`,
    machine: MACHINES[bytes.readUInt16LE(18)] ?? `machine ${bytes.readUInt16LE(18)}`,
    isLibrary: bytes.readUInt16LE(16) === SHARED_OBJECT,
    libraries: dynamic.filter(entry => entry.tag === DYNAMIC.NEEDED).map(entry => entry.text),
    symbols,
    searchesFolders: dynamic.some(entry => entry.tag === DYNAMIC.RPATH || entry.tag === DYNAMIC.RUNPATH),
    protections: {
      // What is written while loading cannot be written afterwards; with the next one that is every address of a function.
      relro: segments.some(segment => segment.type === SEGMENT.relro),
      bindNow:
        dynamic.some(entry => entry.tag === DYNAMIC.BIND_NOW) ||
        (flagsOf(DYNAMIC.FLAGS) & 8) !== 0 ||
        (flagsOf(DYNAMIC.FLAGS_1) & 1) !== 0,
      // Without the header the kernel makes every stack of the process executable.
      noExecutableStack: stack !== undefined && (stack.flags & MAY.run) === 0,
      noWritableCode: segments.every(
        ({ type, flags }) => type !== LOADED || (flags & MAY.run) === 0 || (flags & MAY.write) === 0,
      ),
      noTextRelocations: !dynamic.some(entry => entry.tag === DYNAMIC.TEXTREL) && (flagsOf(DYNAMIC.FLAGS) & 4) === 0,
      stackProtector: symbols.some(symbol => symbol.name === '__stack_chk_fail' && !symbol.isDefined),
    },
  }
}

/** A table of headers; where it begins is written at `at`, the size and number of its entries at `shape`. */
function tableOf(bytes, at, shape, read) {
  const [begin, size, count] = [long(bytes, at), bytes.readUInt16LE(shape), bytes.readUInt16LE(shape + 2)]
  return Array.from({ length: count }, (_, index) => read(bytes, begin + index * size))
}

function readSection(bytes, at) {
  return {
    type: bytes.readUInt32LE(at + 4),
    offset: long(bytes, at + 24),
    size: long(bytes, at + 32),
    link: bytes.readUInt32LE(at + 40),
  }
}

const long = (bytes, at) => Number(bytes.readBigUInt64LE(at))

/** A section and the texts that it refers to. */
function find(sections, type) {
  const section = sections.find(candidate => candidate.type === type)
  return section && { ...section, texts: sections[section.link]?.offset ?? 0 }
}

function readDynamic(bytes, sections) {
  const section = find(sections, SECTION.dynamic)
  if (section === undefined) return []
  const entries = Array.from({ length: section.size / 16 }, (_, index) => {
    const at = section.offset + index * 16
    // Flags are 32 bits wide; addresses may lose their upper half, and nobody looks at them.
    const [tag, value] = [long(bytes, at), bytes.readUInt32LE(at + 8)]
    const isText = [DYNAMIC.NEEDED, DYNAMIC.RPATH, DYNAMIC.RUNPATH].includes(tag)
    return { tag, value, text: isText ? textAt(bytes, section.texts + value) : '' }
  })
  const end = entries.findIndex(entry => entry.tag === 0)
  return end < 0 ? entries : entries.slice(0, end)
}

function readSymbols(bytes, sections) {
  const section = find(sections, SECTION.dynsym)
  if (section === undefined) return []
  const versions = readVersions(bytes, sections)
  const versionSection = find(sections, SECTION.versym)
  const symbols = []
  // The first one stands for "no symbol".
  for (let index = 1; index < section.size / 24; index += 1) {
    const at = section.offset + index * 24
    const info = bytes[at + 4]
    // A local one stands for a section, and nobody can look it up.
    if (info >> 4 === 0) continue
    const version = versionSection ? bytes.readUInt16LE(versionSection.offset + index * 2) : 1
    symbols.push({
      name: textAt(bytes, section.texts + bytes.readUInt32LE(at)),
      version: versions.get(version & ~HIDDEN_VERSION),
      isDefault: (version & HIDDEN_VERSION) === 0,
      isDefined: bytes.readUInt16LE(at + 6) !== 0,
      isWeak: info >> 4 === 2,
      type: info & 15,
      size: long(bytes, at + 16),
    })
  }
  return symbols
}

/** Index → name of the versions that the file defines, and of those that it wants from others. */
function readVersions(bytes, sections) {
  const versions = new Map()
  const defined = find(sections, SECTION.verdef)
  for (let at = defined?.offset; at !== undefined; at = nextOf(bytes, at, 16)) {
    const name = textAt(bytes, defined.texts + bytes.readUInt32LE(at + bytes.readUInt32LE(at + 12)))
    // The first one is the name of the library itself.
    if ((bytes.readUInt16LE(at + 2) & 1) === 0) versions.set(bytes.readUInt16LE(at + 4), name)
  }
  const needed = find(sections, SECTION.verneed)
  for (let at = needed?.offset; at !== undefined; at = nextOf(bytes, at, 12)) {
    for (let part = at + bytes.readUInt32LE(at + 8); part !== undefined; part = nextOf(bytes, part, 12)) {
      versions.set(bytes.readUInt16LE(part + 6), textAt(bytes, needed.texts + bytes.readUInt32LE(part + 8)))
    }
  }
  return versions
}

/** Where the next entry of a chain is: its distance is written at `offset` in this one, 0 in the last. */
function nextOf(bytes, at, offset) {
  const distance = bytes.readUInt32LE(at + offset)
  return distance === 0 ? undefined : at + distance
}
