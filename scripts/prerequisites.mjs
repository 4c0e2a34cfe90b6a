/** What has to be on the PATH before the native addon can be compiled, and how to get it. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** True when a program of this name can be started from the PATH. */
export function isOnPath(program) {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program]
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => folder !== '')
    .some(folder => names.some(name => isExecutable(join(folder, name))))
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

// Each row: any of these programs, and the Debian package that brings one. On Windows cmake finds the compiler itself.
const TOOLS = [
  { programs: ['cmake'], package: 'cmake', everywhere: true },
  { programs: ['g++', 'c++', 'clang++', ...(process.env.CXX ? [process.env.CXX] : [])], package: 'g++' },
  { programs: ['make', 'ninja'], package: 'make' },
]

/** One line that says what is missing and how to install it; undefined when everything is there. */
export function missingBuildTools() {
  const missing = TOOLS.filter(tool => tool.everywhere || process.platform !== 'win32').filter(
    tool => !tool.programs.some(isOnPath),
  )
  if (missing.length === 0) return undefined
  const names = new Intl.ListFormat('en').format(missing.map(tool => tool.programs[0]))
  const verb = missing.length === 1 ? 'is' : 'are'
  return `${names} ${verb} not installed. ${howToInstall(missing.map(tool => tool.package))}`
}

function howToInstall(packages) {
  if (process.platform === 'win32') return 'Install CMake and the Visual Studio Build Tools with C++.'
  if (process.platform === 'darwin') return 'Run: xcode-select --install && brew install cmake'
  // Both of the usual ones at once: whoever lacks one often lacks the other after the next change.
  return `Run: apt-get install -y ${[...new Set(['g++', 'cmake', ...packages])].join(' ')}`
}
