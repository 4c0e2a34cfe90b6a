/** A subject of the benchmark in a process of its own: a line of JSON goes in, a line of JSON comes out. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DOTNET_OUT = path.join(ROOT, 'build', 'bench-dotnet')
const DOTNET_ENV = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_CLI_USE_MSBUILD_SERVER: '0' }
/** Longer than any command takes; a subject that hangs must not hang the benchmark. */
const COMMAND_LIMIT_MS = 180_000

const NODE_SUBJECTS = { latchkey: 'latchkey.mjs', 'msal-node': 'msal-node.mjs' }

/** Starts a subject: `ask({ do, … })` resolves with its answer, `end()` stops it. */
export function startPeer(name, env = {}) {
  const [program, args] =
    name === 'msal.net'
      ? ['dotnet', [path.join(DOTNET_OUT, 'bin', 'bench.dll')]]
      : [process.execPath, [path.join(ROOT, 'bench', 'subjects', NODE_SUBJECTS[name])]]
  const child = spawn(program, args, {
    env: { ...process.env, ...DOTNET_ENV, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(command) {
      const limit = setTimeout(() => child.kill('SIGKILL'), COMMAND_LIMIT_MS)
      child.stdin.write(`${JSON.stringify(command)}\n`)
      const { value, done } = await lines.next()
      clearTimeout(limit)
      if (done) throw new Error(`${name} ended while it was asked to ${command.do}`)
      const answer = JSON.parse(value)
      if (answer.error) throw new Error(`${name} could not ${command.do}: ${answer.error}`)
      return answer
    },
    end() {
      child.stdin.end()
      child.kill()
    },
  }
}

/** Builds the MSAL.NET subject. Returns why it cannot take part, or undefined. */
export function prepareMsalNet() {
  if (spawnSync('dotnet', ['--version'], { stdio: 'ignore' }).error) return 'dotnet is not on the PATH'
  const project = path.join(ROOT, 'bench', 'dotnet', 'bench.csproj')
  const properties = [
    '-p:UseSharedCompilation=false',
    '-nodeReuse:false',
    `-p:BaseIntermediateOutputPath=${DOTNET_OUT}/obj/`,
  ]
  const args = ['build', project, '-c', 'Release', '-o', path.join(DOTNET_OUT, 'bin'), '-v', 'quiet', ...properties]
  const built = spawnSync('dotnet', args, { encoding: 'utf8', env: { ...process.env, ...DOTNET_ENV } })
  if (built.status === 0 && existsSync(path.join(DOTNET_OUT, 'bin', 'bench.dll'))) return undefined
  return `it does not build: ${built.stdout}${built.stderr}`
}
