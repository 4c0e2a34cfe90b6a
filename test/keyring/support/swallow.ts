/** A provider of secrets that leaves calls unanswered. */
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Scope } from '../../support/machine.js'
import type { Program } from '../../support/program.js'
import { SessionBus } from './session-bus.js'

// The compiler copies no Python.
const SWALLOW = fileURLToPath(new URL('../../../test/keyring/programs/swallow.py', import.meta.url))

/** Starts one that answers everything but what is named, and puts this process into its session. */
export async function swallow(scope: Scope, ...silent: string[]): Promise<{ bus: SessionBus; provider: Program }> {
  const bus = await SessionBus.start(scope)
  const provider = bus.start('/usr/bin/python3', [SWALLOW, ...silent])
  assert.equal(await provider.line(), 'ready')
  bus.enter()
  return { bus, provider }
}
