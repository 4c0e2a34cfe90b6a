/** A provider of secrets that keeps one item, and that calls go wrong with. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Scope } from '../../support/machine.js'
import type { Program } from '../../support/program.js'
import { SessionBus } from './session-bus.js'

// The compiler copies no Python.
const PROVIDER = fileURLToPath(new URL('../../../test/keyring/programs/provider.py', import.meta.url))

/** Starts one on a bus where nobody else keeps secrets; the program says what the words mean. */
export async function startProvider(bus: SessionBus, ...words: string[]): Promise<Program> {
  const provider = bus.start('/usr/bin/python3', [PROVIDER, ...words])
  assert.equal(await provider.line(), 'ready')
  return provider
}

/** Starts an empty and locked one that answers everything but what is named, and puts this process into its session. */
export async function swallow(scope: Scope, ...silent: string[]): Promise<{ bus: SessionBus; provider: Program }> {
  const bus = await SessionBus.start(scope)
  const words = [...silent, 'Completed'].map(name => `${name}:silent`)
  const provider = await startProvider(bus, 'empty', 'locked', ...words)
  bus.enter()
  return { bus, provider }
}
