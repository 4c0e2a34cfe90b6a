/** A window of a program of its own, and what Windows knows of it. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Program } from '../../support/program.js'

const PROGRAM = join(process.cwd(), '..', 'a_window.exe')

interface State {
  exists: number
  enabled: number
  owner: number
  front: number
  x: number
  y: number
}

/** A program with a window at a place and of a size. */
export async function openWindow(t: TestContext, place: string) {
  const program = Program.start(t, PROGRAM, place.split(' '), process.env)
  const handle = BigInt(await program.line())
  const state = async () => {
    program.send('state')
    return JSON.parse(await program.line()) as State
  }
  /** Waits until the state is as it should be: messages between processes take their time. */
  const becomes = async (expected: Partial<State>) => {
    const wanted = { ...(await state()), ...expected }
    let last = await state()
    for (let turn = 0; turn < 100; ++turn) {
      last = await state()
      if (Object.entries(expected).every(([name, value]) => last[name as keyof State] === value)) return
      await delay(30)
    }
    assert.deepEqual(last, wanted)
  }
  return { program, handle, pid: program.pid, state, becomes }
}
