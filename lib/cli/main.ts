#!/usr/bin/env node
/** The `latchkey` program: the signals of the process; everything else is in run.ts. */
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

const script = process.argv[1] ?? 'latchkey'
run({
  args: process.argv.slice(2),
  env: process.env,
  program: programName(script, process.cwd()),
  programAnywhere: programName(script),
  signal: interruption.signal,
}).then(code => {
  // What is still open is of no use to anybody, such as the watch over a browser that has just been started.
  process.exit(code)
})
