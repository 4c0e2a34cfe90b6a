/** Judges a prebuilt binary by what is in it: for which system it is, what it shows, what it needs, how it is protected. */
import { createRequire } from 'node:module'
import { readElf } from './formats/elf.mjs'
import { readMachO } from './formats/mach-o.mjs'
import { readPe } from './formats/pe.mjs'
import { compareVersions } from './glibc-floor.mjs'
import { ALLOWED } from './system-functions.mjs'
import { GLIBC_FLOOR, MACOS_FLOOR, WINDOWS_FLOOR } from './targets.mjs'

const EXPORTED = ['napi_register_module_v1', 'node_api_module_get_api_version_v1']
const NODE_API_VERSION = 8

// No compiler that is used here can do it; docs/platforms.md says so.
const NOT_DEMANDED = ['controlFlowGuard']

const READERS = { elf: readElf, pe: readPe, 'mach-o': readMachO }

const { symbols } = createRequire(import.meta.url)('node-api-headers')
const NODE_API = new Set(Object.values(symbols[`v${NODE_API_VERSION}`]).flat())
const looksLikeNodeApi = name => /^(?:napi|node_api)_/.test(name)

/**
 * What is wrong with a binary, a sentence each.
 * @param {Buffer} bytes
 * @param {import('./targets.mjs').Target} target what it should be
 * @param {{ folders?: string[] }} options folders of this machine, which it may not name
 * @returns {string[]}
 */
export function inspect(bytes, target, { folders = [] } = {}) {
  let file
  try {
    file = READERS[target.format](bytes)
  } catch (error) {
    return [`cannot be read: ${error.message}`]
  }
  const wrong = []
  if (file.system !== target.platform) wrong.push(`is for ${file.system}`)
  if (file.machine !== target.arch) wrong.push(`is for ${file.machine}`)
  if (!file.isLibrary) wrong.push('is not a library')
  for (const [name, isSo] of Object.entries(file.protections)) {
    if (!isSo && !NOT_DEMANDED.includes(name)) wrong.push(`lacks the protection ${name}`)
  }
  if (file.searchesFolders) wrong.push('has folders to search libraries in')
  for (const folder of folders.filter(each => bytes.includes(each))) wrong.push(`names the folder ${folder}`)
  const { exported, libraries, functions } = DETAILS[target.format](file, target, wrong)
  for (const name of EXPORTED.filter(each => !exported.includes(each))) wrong.push(`does not export ${name}`)
  for (const name of exported.filter(each => !EXPORTED.includes(each))) wrong.push(`exports ${name}`)
  judgeNeeds(libraries, functions, ALLOWED[target.name] ?? ALLOWED[target.libc ?? target.platform], wrong)
  return wrong
}

function judgeNeeds(libraries, functions, allowed, wrong) {
  for (const name of libraries.filter(each => !allowed.libraries.includes(each)))
    wrong.push(`needs the library ${name}`)
  const known = new Set(allowed.functions)
  for (const name of functions) {
    if (NODE_API.has(name) || known.has(name)) continue
    wrong.push(looksLikeNodeApi(name) ? `needs ${name}, which Node-API ${NODE_API_VERSION} has not` : `needs ${name}`)
  }
}

/** What each format says in its own way; adds to `wrong` what only it has. */
const DETAILS = {
  elf(file, target, wrong) {
    const needed = file.symbols.filter(symbol => !symbol.isDefined)
    if (target.libc === 'glibc') {
      for (const { name, version } of needed) {
        if (version && compareVersions(version, GLIBC_FLOOR) > 0) wrong.push(`needs ${name} of ${version}`)
      }
    }
    const exported = file.symbols.filter(symbol => symbol.isDefined).map(symbol => symbol.name)
    return { exported, libraries: file.libraries, functions: needed.map(symbol => symbol.name) }
  },

  pe(file, _target, wrong) {
    if (compareVersions(file.minimumSystem, WINDOWS_FLOOR) > 0) wrong.push(`needs Windows ${file.minimumSystem}`)
    // In an app of Electron's there is no node.exe.
    if ('node.exe' in file.imports) wrong.push('needs a program that is called node.exe')
    const { 'node.exe': ofNode = [], ...delayed } = file.delayedImports
    for (const name of Object.keys(delayed)) wrong.push(`needs the library ${name} later`)
    for (const name of ofNode.filter(each => !looksLikeNodeApi(each))) wrong.push(`needs ${name} of Node`)
    const { 'node.exe': _, ...imports } = file.imports
    const functions = Object.entries(imports).flatMap(([library, names]) => names.map(name => `${library}:${name}`))
    return { exported: file.exported, libraries: Object.keys(imports), functions: [...functions, ...ofNode] }
  },

  'mach-o'(file, target, wrong) {
    const minimum = file.minimumSystem
    if (minimum !== MACOS_FLOOR) wrong.push(`needs macOS ${minimum}`)
    // Apple's own processors run nothing else, not even with a signature that is nobody's.
    if (target.arch === 'arm64' && file.signature === undefined) wrong.push('has no signature')
    if (file.signature === false) wrong.push('has a signature of something else')
    // Node's functions are in a program of any name; all others have their library.
    for (const name of file.fromAnywhere.filter(each => !NODE_API.has(each))) wrong.push(`needs ${name} from anywhere`)
    return { exported: file.exported, libraries: file.libraries, functions: file.undefinedSymbols }
  },
}
