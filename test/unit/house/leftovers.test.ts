/** What tests leave in the folder of temporary files: nothing, also when they are interrupted. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { exceptOnWindows, until } from '../../support/machine.js'
import { Program } from '../../support/program.js'

const unlessWindows = exceptOnWindows('signals that a program can see to')
const SUPPORT = new URL('../../support/', import.meta.url)
const SCRIPTS = new URL('../../../scripts/', import.meta.url)

/** Starts a script, and interrupts it when it has printed its folder and a process of its own. */
async function interrupted(t: TestContext, signal: NodeJS.Signals, script: string) {
  const program = Program.script(t, script)
  const folder = await program.line()
  const pid = Number(await program.line())
  assert.ok(existsSync(folder))
  const exit = once(program.process, 'exit')
  program.process.kill(signal)
  const [code] = await exit
  return { folder, pid, code }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends a file of tests with its programs, and without its folder`, unlessWindows, async t => {
    const ending = await interrupted(
      t,
      signal,
      `import { temporaryFolder } from '${new URL('machine.js', SUPPORT)}'
       import { Program } from '${new URL('program.js', SUPPORT)}'
       const hooksThatDoNotRun = { after() {} }
       console.log(await temporaryFolder(hooksThatDoNotRun))
       console.log(Program.script(hooksThatDoNotRun, 'setInterval(() => {}, 1_000)').pid)`,
    )
    assert.equal(ending.code, code)
    assert.ok(!existsSync(ending.folder))
    await until(() => !isRunning(ending.pid))
  })

  test(`${signal} ends a ring without its folder of temporary files`, unlessWindows, async t => {
    const ending = await interrupted(
      t,
      signal,
      `import { makeTemporaries } from '${new URL('temporaries.mjs', SCRIPTS)}'
       console.log(makeTemporaries().env.TMPDIR)
       console.log(process.pid)
       setInterval(() => {}, 1_000)`,
    )
    assert.equal(ending.code, code)
    assert.ok(!existsSync(ending.folder))
  })
}

test('what a ring has left is named, and removed', async () => {
  const { makeTemporaries } = await import(new URL('temporaries.mjs', SCRIPTS).href)
  const { env, remove } = makeTemporaries()
  assert.match(basename(env.TMPDIR), /^lk-.{6}$/)
  writeFileSync(join(env.TMPDIR, 'left'), '')
  assert.deepEqual(remove(), ['left'])
  assert.ok(!existsSync(env.TMPDIR))
  assert.equal(process.env.TMPDIR === env.TMPDIR, false)
})
