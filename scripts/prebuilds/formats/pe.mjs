/** Reads from a 64-bit PE file, a DLL of Windows, what its loader would: imports, exports, protections. */
import { textAt } from './text-at.mjs'

const MACHINES = { 34404: 'x64', 43620: 'arm64' }
const IS_DLL = 0x2000
// With windows or without: both are for programs of users.
const USERS_SUBSYSTEMS = [2, 3]
const RELOCATIONS_STRIPPED = 1
const CHARACTERISTICS = {
  highEntropyAddresses: 0x20,
  randomAddresses: 0x40,
  noExecutableData: 0x100,
  controlFlowGuard: 0x4000,
}
const DIRECTORY = { exports: 0, imports: 1, relocations: 5, delayedImports: 13 }
const SECTION_MAY = { run: 0x20000000, write: 0x80000000 }

/**
 * @param {Buffer} bytes the whole file
 * @returns {{ format: 'pe', system: string, minimumSystem: string, machine: string, isLibrary: boolean, exported: string[], imports: Record<string, string[]>, delayedImports: Record<string, string[]>, protections: Record<string, boolean> }}
 *   names of libraries in lower case
 * @throws {Error} when it is no such file
 */
export function readPe(bytes) {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') throw new Error('not a PE file')
  const header = bytes.readUInt32LE(0x3c)
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0') throw new Error('not a PE file')
  const characteristics = bytes.readUInt16LE(header + 22)
  const optional = header + 24
  if (bytes.readUInt16LE(optional) !== 0x20b) throw new Error('not a 64-bit PE file')
  const sections = readSections(bytes, optional + bytes.readUInt16LE(header + 20), bytes.readUInt16LE(header + 6))
  if (sections.some(({ offset, rawSize }) => offset + rawSize > bytes.length)) throw new Error('the file is cut off')
  const image = { bytes, sections, directory: number => bytes.readUInt32LE(optional + 112 + number * 8) }
  const flags = bytes.readUInt16LE(optional + 70)
  const subsystem = bytes.readUInt16LE(optional + 68)
  const has = name => (flags & CHARACTERISTICS[name]) !== 0
  return {
    format: 'pe',
    system: USERS_SUBSYSTEMS.includes(subsystem) ? 'win32' : `subsystem ${subsystem}`,
    minimumSystem: `${bytes.readUInt16LE(optional + 48)}.${bytes.readUInt16LE(optional + 50)}`,
    machine: MACHINES[bytes.readUInt16LE(header + 4)] ?? `machine ${bytes.readUInt16LE(header + 4)}`,
    isLibrary: (characteristics & IS_DLL) !== 0,
    exported: readExports(image),
    imports: readImports(image),
    delayedImports: readDelayedImports(image),
    protections: {
      // A DLL without relocations lies where it says, whatever the flag says.
      randomAddresses:
        has('randomAddresses') &&
        (characteristics & RELOCATIONS_STRIPPED) === 0 &&
        image.directory(DIRECTORY.relocations) !== 0,
      highEntropyAddresses: has('highEntropyAddresses'),
      noExecutableData: has('noExecutableData'),
      noWritableCode: sections.every(({ may }) => (may & SECTION_MAY.run) === 0 || (may & SECTION_MAY.write) === 0),
      stackProtector: bytes.includes('stack smashing detected'),
      controlFlowGuard: has('controlFlowGuard'),
    },
  }
}

/** Takes out when it was built, which not every linker can be told to leave out. Returns the bytes, changed in place. */
export function clearTime(bytes) {
  bytes.writeUInt32LE(0, bytes.readUInt32LE(0x3c) + 8)
  return bytes
}

function readSections(bytes, begin, count) {
  return Array.from({ length: count }, (_, index) => {
    const at = begin + index * 40
    return {
      size: bytes.readUInt32LE(at + 8),
      address: bytes.readUInt32LE(at + 12),
      rawSize: bytes.readUInt32LE(at + 16),
      offset: bytes.readUInt32LE(at + 20),
      may: bytes.readUInt32LE(at + 36),
    }
  })
}

/** Where an address of the loaded image is in the file. */
function offsetOf({ sections }, address) {
  const section = sections.find(each => address >= each.address && address < each.address + each.size)
  if (section === undefined) throw new Error(`the address ${address} is in no section`)
  return address - section.address + section.offset
}

function readExports(image) {
  const address = image.directory(DIRECTORY.exports)
  if (address === 0) return []
  const { bytes } = image
  const table = offsetOf(image, address)
  const count = bytes.readUInt32LE(table + 24)
  if (count !== bytes.readUInt32LE(table + 20)) throw new Error('something is exported by its number')
  const names = count > 0 ? offsetOf(image, bytes.readUInt32LE(table + 32)) : 0
  return Array.from({ length: count }, (_, index) =>
    textAt(bytes, offsetOf(image, bytes.readUInt32LE(names + index * 4))),
  ).sort()
}

function readImports(image) {
  const address = image.directory(DIRECTORY.imports)
  const rows = []
  if (address !== 0) {
    for (let at = offsetOf(image, address); image.bytes.readUInt32LE(at + 12) !== 0; at += 20) rows.push(at)
  }
  return readRows(image, rows, { library: 12, functions: 0 })
}

/** What is looked up at its first use. */
function readDelayedImports(image) {
  const address = image.directory(DIRECTORY.delayedImports)
  if (address === 0) return readRows(image, findDelayedRows(image), { library: 4, functions: 16 })
  const rows = []
  for (let at = offsetOf(image, address); image.bytes.readUInt32LE(at + 4) !== 0; at += 32) rows.push(at)
  return readRows(image, rows, { library: 4, functions: 16 })
}

/** GNU's linker does not say where the rows are, since only the code beside them has to know: they are found by their form. */
function findDelayedRows(image) {
  const { bytes, sections } = image
  return sections.flatMap(({ offset, size, rawSize }) => {
    const rows = []
    const end = Math.min(offset + Math.min(size, rawSize), bytes.length) - 32
    // It begins with a one: what follows are addresses in the image.
    for (let at = offset; at <= end; at += 4)
      if (bytes.readUInt32LE(at) === 1 && namesLibrary(image, at + 4)) rows.push(at)
    return rows
  })
}

function namesLibrary(image, at) {
  try {
    return /^[\w.+-]+\.(?:dll|exe)$/i.test(textAt(image.bytes, offsetOf(image, image.bytes.readUInt32LE(at))))
  } catch {
    return false
  }
}

/** The functions of each library; in a row, the address of its name and of its functions' names are at these offsets. */
function readRows(image, rows, at) {
  const { bytes } = image
  const found = {}
  for (const row of rows) {
    const library = textAt(bytes, offsetOf(image, bytes.readUInt32LE(row + at.library))).toLowerCase()
    const functions = readNames(image, offsetOf(image, bytes.readUInt32LE(row + at.functions)))
    found[library] = [...(found[library] ?? []), ...functions].sort()
  }
  return found
}

function readNames(image, begin) {
  const names = []
  for (let at = begin; ; at += 8) {
    const entry = image.bytes.readBigUInt64LE(at)
    if (entry === 0n) return names
    // The upper bit says that it is a number; two bytes before a name are a hint.
    names.push(entry >> 63n ? `#${entry & 0xffffn}` : textAt(image.bytes, offsetOf(image, Number(entry)) + 2))
  }
}
