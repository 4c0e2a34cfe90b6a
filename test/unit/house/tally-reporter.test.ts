/** Runs small test files under the tally reporter and sees each outcome counted once. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const reporter = fileURLToPath(new URL('../../../scripts/tally-reporter.mjs', import.meta.url))

/** Runs `text` as a test file and returns one `outcome name (reason)` for each line of the tally. */
function tally(text: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-tally-'))
  try {
    const file = path.join(folder, 'planted.test.mjs')
    writeFileSync(file, `import { before, describe, test } from 'node:test'\n${text}\n`)
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const args = ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', file]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 })
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as { outcome: string; name: string; reason?: string })
      .map(({ outcome, name, reason }) => `${outcome} ${path.basename(name)}${reason ? ` (${reason})` : ''}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('counts tests and not the groups around them', () => {
  assert.deepEqual(tally("describe('group', () => { test('a', () => {}); test('b', () => {}) })"), [
    'passed a',
    'passed b',
  ])
})

test('counts a failure once, not again for its parents', () => {
  const text =
    "describe('group', () => { test('a', async t => { await t.test('b', () => { throw new Error('no') }) }) })"
  assert.deepEqual(tally(text), ['failed b'])
})

test('counts a hook that fails', () => {
  const text = "describe('group', () => { before(() => { throw new Error('no') }); test('a', () => {}) })"
  assert.ok(tally(text).some(line => line.startsWith('failed')))
})

test('counts a skip with its reason, and a group that is skipped whole', () => {
  assert.deepEqual(tally("test('a', { skip: 'no keyring' }, () => {})\ntest('b', { skip: true }, () => {})"), [
    'skipped a (no keyring)',
    'skipped b',
  ])
  assert.deepEqual(tally("describe('g', { skip: 'x' }, () => { test('a', () => {}) })"), ['skipped g (x)'])
})

test('counts a file without tests, or one that breaks, as a failure', () => {
  assert.deepEqual(tally(''), ['failed planted.test.mjs (has no tests)'])
  assert.deepEqual(tally("throw new Error('no')"), ['failed planted.test.mjs'])
})
