/** A browser of our own: started with a pipe for orders, and ended for certain. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { ClientError } from '../../errors.js'
import type { Logger } from '../../logger.js'
import { orAborted, orTooLate } from '../../request/abort.js'
import type { Clock } from '../../request/clock.js'
import { DevToolsPipe } from './dev-tools-pipe.js'

/** What to start. */
export interface AppBrowserOptions {
  readonly executable: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
}

/** A browser that runs. It ends when this process does, since its pipe is closed then. */
export interface AppBrowser {
  readonly pid: number
  readonly devTools: DevToolsPipe
  /** Resolves when it has ended, with what it says of that: `undefined` after a crash. */
  readonly ended: Promise<number | undefined>
  /** Ends it, and resolves when it has ended. Never rejects. */
  close(): Promise<void>
}

// A cold start from a slow disk.
const LONGEST_START_MS = 60_000
// It writes its cookies to the disk meanwhile.
const LONGEST_END_MS = 5_000
const LONGEST_KILL_MS = 2_000
const KEPT_OUTPUT = 2_000
// The last line of a Chromium says that it ends, the ones before say why.
const KEPT_LINES = 3

/**
 * Starts a browser and waits until it takes orders.
 *
 * @throws {ClientError} authentication_ui_failed – it could not be started, ended at once, or takes no orders.
 * @throws the signal's reason when it fires first; there is no browser then.
 */
export async function startAppBrowser(options: AppBrowserOptions): Promise<AppBrowser> {
  const { executable, args, env, signal, clock, logger } = options
  signal.throwIfAborted()
  const child = run(executable, args, env)
  const end = new Promise<End>(resolve => {
    child.once('error', error => resolve({ how: notStarted(error), code: undefined }))
    child.once('exit', (code, signalName) => {
      resolve({ how: `ended (${code ?? signalName})`, code: code ?? undefined })
    })
  })
  const output = lastWordsOf(child)
  // A program that could not be started has no streams.
  const [, , , orders, answers] = child.stdio
  const devTools = orders && answers ? new DevToolsPipe(orders as Writable, answers as Readable) : undefined
  const close = () => endBrowser(child, devTools, end, clock)
  const failed = (how: string) =>
    new ClientError('authentication_ui_failed', [`${executable} ${how}.`, output()].join(' ').trim())
  const isEarlyEnd = end.then(({ how }) => Promise.reject(failed(how)))
  isEarlyEnd.catch(() => {})
  try {
    const isReady = devTools?.send('Browser.getVersion').catch(() => isEarlyEnd) ?? isEarlyEnd
    const tooLate = () =>
      failed('takes no orders through its pipe, as when the policy RemoteDebuggingAllowed of this device is off')
    await orAborted(
      orTooLate(Promise.race([isReady, isEarlyEnd]), { ms: LONGEST_START_MS, clock, tooLate, signal }),
      signal,
    )
  } catch (error) {
    await close()
    throw error
  }
  logger.verbose(`app window: ${executable} is running`)
  return {
    pid: child.pid as number,
    devTools: devTools as DevToolsPipe,
    ended: end.then(({ code }) => code),
    close,
  }
}

interface End {
  readonly how: string
  readonly code: number | undefined
}

function run(executable: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  try {
    return spawn(executable, ['--remote-debugging-pipe', ...args], {
      env,
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    })
  } catch (cause) {
    // What is wrong with the arguments is thrown at once, other failures come as an event.
    throw new ClientError('authentication_ui_failed', `${executable} ${notStarted(cause)}.`, { cause })
  }
}

const notStarted = (error: unknown) => `could not be started (${(error as NodeJS.ErrnoException).code})`

async function endBrowser(
  child: ChildProcess,
  devTools: DevToolsPipe | undefined,
  end: Promise<unknown>,
  clock: Clock,
): Promise<void> {
  const within = (ms: number) =>
    orTooLate(end, { ms, clock, tooLate: () => new Error('it runs on') }).then(
      () => true,
      () => false,
    )
  try {
    devTools?.send('Browser.close').catch(() => {})
    if (await within(LONGEST_END_MS)) return
    child.kill('SIGKILL')
    await within(LONGEST_KILL_MS)
  } finally {
    // Programs that it has started, such as one for mail, may live on with its streams, and are not to keep this one.
    for (const stream of child.stdio) stream?.destroy()
    child.unref()
  }
}

/** What a browser that does not start has said last. It has been given no address yet, so that there is none in it. */
function lastWordsOf(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text = (text + more).slice(-KEPT_OUTPUT)
    })
  }
  return () => text.trim().split('\n').slice(-KEPT_LINES).join(' ')
}
