/** Builds the MSAL.NET program of the benchmark, where there is a .NET SDK. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('dotnet', import.meta.url))
// Outside of the sources, where nothing that the compiler leaves behind is committed.
const OUTPUT = fileURLToPath(new URL('../build/bench-dotnet', import.meta.url))
const PROGRAM = join(OUTPUT, 'bin', 'bench.dll')
const ENV = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }

/** @returns {program} or {missing}: why there is none and how to get one. */
export function buildDotnet({ onProgress }) {
  if (spawnSync('dotnet', ['--version'], { env: ENV }).status !== 0) {
    return { missing: 'there is no .NET SDK 10 (https://dotnet.microsoft.com/download)' }
  }
  if (existsSync(PROGRAM) && statSync(PROGRAM).mtimeMs >= newestSource()) return { program: PROGRAM }
  onProgress('building the MSAL.NET program')
  const build = spawnSync(
    'dotnet',
    [
      ...['build', join(SOURCES, 'bench.csproj'), '-c', 'Release', '--nologo', '-o', join(OUTPUT, 'bin')],
      // Otherwise compiler servers stay behind.
      ...['-p:UseSharedCompilation=false', '-nodeReuse:false'],
      `-p:BaseIntermediateOutputPath=${join(OUTPUT, 'obj')}/`,
    ],
    { env: ENV, encoding: 'utf8', timeout: 300_000 },
  )
  if (build.status === 0) return { program: PROGRAM }
  return { missing: `its program could not be built:\n${build.stdout}${build.stderr}` }
}

function newestSource() {
  return Math.max(...readdirSync(SOURCES).map(name => statSync(join(SOURCES, name)).mtimeMs))
}
