/** Builds the programs with .NET's libraries, each once for all tests that run it. */
import { existsSync, readdirSync, statSync } from 'node:fs'
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

async function built(folder: string, name: string): Promise<string> {
  const sources = path.join(root, 'test/third-party', folder)
  // Outside of the sources, where nothing that the compiler leaves behind is committed.
  const output = path.join(root, 'build', folder)
  const program = path.join(output, `bin/${name}.dll`)
  if (existsSync(program) && statSync(program).mtimeMs >= newest(sources)) return program
  await runProgram({
    name: 'dotnet build',
    command: 'dotnet',
    args: [
      ...['build', path.join(sources, `${name}.csproj`), '-c', 'Release', '--nologo', '-o', path.join(output, 'bin')],
      // Otherwise compiler servers stay behind.
      ...['-p:UseSharedCompilation=false', '-nodeReuse:false'],
      `-p:BaseIntermediateOutputPath=${path.join(output, 'obj')}/`,
    ],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    timeoutMs: 300_000,
  })
  return program
}

function newest(sources: string): number {
  return Math.max(...readdirSync(sources).map(name => statSync(path.join(sources, name)).mtimeMs))
}
