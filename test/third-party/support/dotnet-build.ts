/** Builds the MSAL.NET program once for all tests that run it. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const sources = path.join(root, 'test/third-party/dotnet')
// Outside of the sources, where nothing that the compiler leaves behind is committed.
const output = path.join(root, 'build/dotnet')
const program = path.join(output, 'bin/msal-net-peer.dll')

/** Resolves with the path of the program. Compiles only when a source is newer. */
export async function builtPeer(): Promise<string> {
  if (existsSync(program) && statSync(program).mtimeMs >= newest()) return program
  const project = path.join(sources, 'msal-net-peer.csproj')
  await runProgram({
    name: 'dotnet build',
    command: 'dotnet',
    args: [
      ...['build', project, '-c', 'Release', '--nologo', '-o', path.join(output, 'bin')],
      // Otherwise compiler servers stay behind.
      ...['-p:UseSharedCompilation=false', '-nodeReuse:false'],
      `-p:BaseIntermediateOutputPath=${path.join(output, 'obj')}/`,
    ],
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    timeoutMs: 300_000,
  })
  return program
}

function newest(): number {
  return Math.max(...readdirSync(sources).map(name => statSync(path.join(sources, name)).mtimeMs))
}
