#!/usr/bin/env node
/** The `latchkey` program: signals and streams of the process; everything else is in run.ts. */
import { ExitCode } from './context.js'
import { Interrupted } from './interrupted.js'
import { programName } from './program-name.js'
import { run } from './run.js'

const GRACE_MS = 2_000

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Once: who asks a second time gets the system's own, immediate end.
  process.once(signal, () => {
    interruption.abort(new Interrupted())
    // For what does not mind the signal, such as waiting for the lock of another program.
    setTimeout(() => process.exit(ExitCode.Interrupted), GRACE_MS).unref()
  })
}

// A reader that has seen enough, such as `head`, closes the pipe; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })
}

const script = process.argv[1] ?? 'latchkey'
run({
  args: process.argv.slice(2),
  env: process.env,
  program: programName(script, process.cwd()),
  programAnywhere: programName(script),
  signal: interruption.signal,
}).then(async code => {
  process.exitCode ??= code
  await Promise.all([process.stdout, process.stderr].map(written))
  // What is still open is of no use to anybody, such as the watch over a browser that has just been started.
  process.exit()
})

/** Resolves when everything has been written that can be. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()))
}
