/** Runs the real program, as a person would, with an environment that has nothing of the machine's own settings. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { atExit } from '../../support/at-exit.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** The program. */
export const MAIN = path.join(ROOT, 'dist/cli/main.js')
const BROWSER = fileURLToPath(new URL('./browser.js', import.meta.url))
const DEADLINE_MS = 60_000

/** How a run ended, and what it wrote. */
export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** A run that is under way. */
export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Outcome>
  /** Resolves with the match as soon as the stream has written what fits; rejects when the program ends before. */
  seen(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
}

/** A folder of its own, removed when the test process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-cli-test-'))
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts `node dist/cli/main.js …args`. */
export function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input: 'ignore' | 'pipe' = 'ignore',
): Running {
  return startProgram(process.execPath, [MAIN, ...args], env, input)
}

/** Runs it to its end. */
export function latchkey(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return start(args, env).done
}

/** Starts any program with the scrubbed environment; its input is empty unless it is a pipe, `child.stdin`. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input: 'ignore' | 'pipe' = 'ignore',
): Running {
  const child = spawn(program, args, { cwd: ROOT, env: { ...scrubbed(), ...env }, stdio: [input, 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '' }
  const outcome = (code: number | null): Outcome => ({ code, ...written })
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
      child.emit('written')
    })
  }
  atExit(() => child.kill('SIGKILL'))
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS)
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(deadline)
      resolve(outcome(code))
    })
  })
  const seen = (stream: 'stdout' | 'stderr', pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(written[stream])
        if (match !== null) resolve(match)
      }
      child.on('written', look)
      look()
      done.then(({ code, stdout, stderr }) => {
        reject(new Error(`ended with ${code} before ${stream} had ${pattern}\n${stdout}\n${stderr}`))
      }, reject)
    })
  return { child, done, seen }
}

let temporaries: string | undefined

function scrubbed(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_V8_COVERAGE } = process.env
  // What is killed cannot take its own away.
  temporaries ??= scratchFolder()
  return {
    PATH,
    HOME,
    TMPDIR: temporaries,
    // Whoever runs the tests may have a ticket.
    KRB5CCNAME: 'MEMORY:nobody',
    KRB5_CLIENT_KTNAME: 'FILE:/nonexistent',
    // And has a keyring, which a session without an address could still be found to have.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }),
  }
}

/** What a terminal's control sequences begin with. */
export const ESC = '\x1b'

/** A tenant to sign in to, as options and as an environment in which a scripted person answers for the browser. */
export interface SignInPlace {
  readonly options: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cacheFile: string
}

/** What to pass to sign `user` in to a tenant; each call has a cache of its own. */
export function signInPlace(
  tenant: { authority: string; clientId: string; caPem: string },
  user: { username: string; password: string } | undefined,
): SignInPlace {
  const folder = scratchFolder()
  const caFile = path.join(folder, 'ca.pem')
  const personFile = path.join(folder, 'person.json')
  writeFileSync(caFile, tenant.caPem)
  writeFileSync(personFile, JSON.stringify({ caFile, answers: user }))
  const cacheDir = path.join(folder, 'cache')
  return {
    options: [
      ...['--authority', tenant.authority, '--known-authority', new URL(tenant.authority).host],
      ...['--client-id', tenant.clientId, '--ca', caFile],
      ...['--cache-dir', cacheDir, '--allow-unencrypted-storage'],
    ],
    env: { BROWSER: `${process.execPath} ${BROWSER}`, LATCHKEY_TEST_PERSON: personFile },
    cacheFile: path.join(cacheDir, 'latchkey'),
  }
}
