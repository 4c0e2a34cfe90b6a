/** Builds the programs with .NET's libraries, each once for all tests that run it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The program with MSAL.NET. Resolves with its path; compiles only when a source is newer. */
export function builtPeer(): Promise<string> {
  return built('dotnet', 'msal-net-peer')
}

/** The program with the caches of ADAL.NET, MSAL.NET and its extensions; as {@link builtPeer}. */
export function builtCachePeer(): Promise<string> {
  return built('dotnet-cache', 'cache-peer')
}

/**
 * The program for Windows with MSAL.NET and its extensions, and with the .NET that it runs on, which comes from NuGet the
 * first time (75 MB); as {@link builtPeer}.
 */
export function builtWindowsPeer(): Promise<string> {
  return built('../windows/programs/msal-net', 'msal-net-windows', 'exe')
}

/** The program of a guide, from its sources by file name; compiles only when one of them is another. */
export function builtGuide(sources: Record<string, string>): Promise<string> {
  const code = path.join(root, 'build/dotnet-guide/code')
  mkdirSync(code, { recursive: true })
  for (const name of readdirSync(code)) if (!(name in sources)) rmSync(path.join(code, name))
  for (const [name, text] of Object.entries(sources)) {
    const file = path.join(code, name)
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
  }
  return built('dotnet-guide', 'guide', 'dll', code)
}

async function built(folder: string, name: string, kind: 'dll' | 'exe' = 'dll', code?: string): Promise<string> {
  const sources = path.join(root, 'test/third-party', folder)
  // Outside of the sources, where nothing that the compiler leaves behind is committed.
  const output = path.join(root, 'build', kind === 'exe' ? name : folder)
  const program = path.join(output, `bin/${name}.${kind}`)
  const changed = Math.max(newest(sources), code === undefined ? 0 : newest(code))
  if (existsSync(program) && statSync(program).mtimeMs >= changed) return program
  // Published, it has what it runs on beside it.
  const command = kind === 'exe' ? 'publish' : 'build'
  await runProgram({
    name: `dotnet ${command}`,
    command: 'dotnet',
    args: [
      ...[command, path.join(sources, `${name}.csproj`), '-c', 'Release', '--nologo', '-o', path.join(output, 'bin')],
      // Otherwise compiler servers stay behind.
      ...['-p:UseSharedCompilation=false', '-nodeReuse:false'],
      `-p:BaseIntermediateOutputPath=${path.join(output, 'obj')}/`,
      `-p:BaseOutputPath=${path.join(output, 'out')}/`,
      ...(code === undefined ? [] : [`-p:GuideCode=${code}`]),
    ],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    timeoutMs: 300_000,
  })
  return program
}

function newest(sources: string): number {
  return Math.max(...readdirSync(sources).map(name => statSync(path.join(sources, name)).mtimeMs))
}
