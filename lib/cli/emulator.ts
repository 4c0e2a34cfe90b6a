/** `latchkey emulator`: runs a tenant on this machine until it is told to stop. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ScenarioPatch, startTenant, type Tenant } from '../emulator/index.js'
import { readOptionFile } from './application.js'
import type { Command } from './context.js'
import { emulatorJson, printEmulatorSummary } from './emulator-summary.js'
import { Hinted } from './failure.js'
import { Interrupted } from './interrupted.js'
import type { OptionValues } from './options.js'
import { jsonLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

/**
 * Starts the tenant, says how to reach it, and waits. Being asked to stop is how it is meant to end.
 *
 * @throws {UsageError} – the scenario cannot be read, is not a JSON object, or has a switch or user that does not exist.
 * @throws {Hinted} `EADDRINUSE` – the port is in use.
 */
export const emulator: Command = async context => {
  const { options, stdout, stderr, signal } = context
  const scenario = options.scenario === undefined ? undefined : await readScenario(options.scenario)
  signal.throwIfAborted()
  const tenant = await start(options, scenario)
  // Its own folder, which only this user can enter, so that nobody else could put a CA in its place.
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-emulator-'))
  try {
    const caFile = path.join(folder, 'ca.pem')
    await writeFile(caFile, tenant.caPem, { mode: 0o600 })
    if (options.json) stdout.line(jsonLine(emulatorJson(tenant, caFile)))
    else printEmulatorSummary(context, tenant, caFile)
    await interrupted(signal)
  } finally {
    await tenant.close()
    await rm(folder, { recursive: true, force: true })
  }
  if (options.json) return
  stderr.clearRow()
  stderr.line(stderr.isTerminal ? 'The tenant is gone, and so is its CA.' : 'stopped')
}

async function start(options: OptionValues, scenario: ScenarioPatch | undefined): Promise<Tenant> {
  try {
    return await startTenant({
      ...(options.port !== undefined && { port: options.port }),
      ...(options.host !== undefined && { host: options.host }),
      ...(scenario !== undefined && { scenario }),
    })
  } catch (error) {
    if (error instanceof TypeError && scenario !== undefined) {
      throw new UsageError(`--scenario: ${printable(error.message)}`, undefined, { cause: error })
    }
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new Hinted(error, 'Choose another port with --port, or leave it out.')
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Hinted(error, 'Give an address of this machine with --host, or leave it out.')
    }
    throw error
  }
}

async function readScenario(file: string): Promise<ScenarioPatch> {
  const text = await readOptionFile('scenario', file)
  let scenario: unknown
  try {
    scenario = JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? printable(cause.message) : 'unknown'
    throw new UsageError(`--scenario ${printable(file)} is not JSON: ${reason}`, undefined, { cause })
  }
  if (typeof scenario !== 'object' || scenario === null || Array.isArray(scenario)) {
    throw new UsageError(`--scenario ${printable(file)} must hold a JSON object`, 'For example {"latencyMs": 200}')
  }
  return scenario as ScenarioPatch
}

/** Resolves at the first of the signals that end a program. */
function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => (signal.reason instanceof Interrupted ? resolve() : reject(signal.reason))
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}
