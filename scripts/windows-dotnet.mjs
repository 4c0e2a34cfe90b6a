/** Part of `npm run setup:wine`: fetches from NuGet the .NET for Windows that MSAL.NET runs on in the ring wine, 75 MB. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROJECT = join(ROOT, 'test/windows/programs/msal-net/msal-net-windows.csproj')

/** Whether it is where NuGet keeps what it has fetched. */
export function hasDotnetForWindows() {
  const [, version] = /<RuntimeFrameworkVersion>([\d.]+)</.exec(readFileSync(PROJECT, 'utf8')) ?? []
  const packages = process.env.NUGET_PACKAGES ?? join(homedir(), '.nuget', 'packages')
  return existsSync(join(packages, 'microsoft.netcore.app.runtime.win-x64', String(version)))
}

function main() {
  if (hasDotnetForWindows()) return console.log('.NET for Windows is in the cache of NuGet.')
  const scratch = join(ROOT, 'build', 'msal-net-windows', 'obj')
  const { status, error } = spawnSync('dotnet', ['restore', PROJECT, `-p:BaseIntermediateOutputPath=${scratch}/`], {
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    stdio: 'inherit',
  })
  if (error?.code === 'ENOENT') {
    console.log(
      'Not fetched: .NET for Windows, since there is no dotnet on the PATH. The tests against MSAL.NET need both.',
    )
  } else if (status !== 0) {
    throw new Error(`dotnet restore failed${error ? `: ${error.message}` : ''}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
