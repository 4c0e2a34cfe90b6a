/** The one table of the benchmark: every library in a column, its figure and how many times ours that is, and what is missing. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Verdict {
  name: string
  value?: number
  holds?: boolean
  holdsWithNoise?: boolean
}
const bench = new URL('../../../bench/', import.meta.url)
const load = (name: string): Promise<unknown> => import(new URL(name, bench).href)
const { report } = (await load('report.mjs')) as { report(results: object, verdicts: Verdict[]): string }
const { failures, judge } = (await load('targets.mjs')) as {
  failures(verdicts: Verdict[], where: { inCi: boolean }): Verdict[]
  judge(results: object): Verdict[]
}

const hit = (cpuUs: number, p50Us: number) => ({
  1: { cpuUs, p50Us },
  10000: { cpuUs: cpuUs * 2, p50Us, p50SameUs: p50Us },
})
const RUN = {
  machine: { cpu: 'A processor', cores: 2, platform: 'linux-x64' },
  versions: { Node: '20.20.2', latchkey: '0.1.0', 'MSAL Python': '1.21.0' },
  missing: ['MSAL.NET: there is no .NET SDK 10'],
  silent: { latchkey: hit(2, 1.5), 'msal-node': hit(100, 52), 'MSAL Python': { 1: { cpuUs: 300, p50Us: 280 } } },
  together: { latchkey: 1, 'msal-node': 1, 'MSAL Python': 15 },
  token: { latchkey: { p50Us: 200 }, kerberos: { p50Us: 220 } },
}
const lines = report(RUN, judge(RUN))
  .split('\n')
  .map(line => line.trim().replace(/ {2,}/g, ' | '))

test('has a row for each measure, with a ratio beside each figure of another library', () => {
  assert.ok(lines.includes('latchkey | msal-node | MSAL Python | kerberos'))
  assert.ok(lines.includes('silent hit, 1 account, CPU | µs | 2 | 100 | 50× | 300 | 150× | –'), lines.join('\n'))
  assert.ok(lines.includes('silent hit, 1 account, p50 | µs | 1.50 | 52 | 34.7× | 280 | 187× | –'))
  assert.ok(lines.includes('silent hit, 10 000 accounts, CPU | µs | 4 | 200 | 50× | – | –'))
  assert.ok(lines.includes('50 calls for one expired token | requests | 1 | 1 | 1× | 15 | 15× | –'))
  assert.ok(lines.includes('token with a ticket, p50 | µs | 200 | – | – | 220 | 1.10×'))
})

test('names the versions, what is missing, and the commands to have it again', () => {
  assert.equal(lines[0], 'A processor, 2 cores, linux-x64, Node 20.20.2, latchkey 0.1.0, MSAL Python 1.21.0')
  assert.ok(lines.includes('Not measured: MSAL.NET: there is no .NET SDK 10'))
  for (const command of ['npm run bench', 'npm run bench:check', 'npm run bench -- --only silent --rounds 24']) {
    assert.ok(
      lines.some(line => line.startsWith(`${command} | `)),
      command,
    )
  }
})

test('a target that is missed is told from one that is met and one that was not measured', () => {
  const verdict = (results: object, name: string) => judge(results).find(each => each.name === name)
  const name = 'silent hit, 1 account: CPU of msal-node over ours'
  const of = (theirs: number) => verdict({ silent: { latchkey: hit(2, 1), 'msal-node': hit(theirs, 1) } }, name)
  assert.deepEqual([of(100)?.holds, of(100)?.holdsWithNoise], [true, true])
  assert.deepEqual([of(36.4)?.holds, of(36.4)?.holdsWithNoise], [false, true])
  assert.deepEqual([of(20)?.holds, of(20)?.holdsWithNoise], [false, false])
  assert.equal(verdict({}, name)?.holds, undefined)
  assert.ok(lines.some(line => line === `✓ ${name} | 50 | ≥ 20`))
  assert.ok(lines.some(line => line.startsWith('– silent hit, 1 account: CPU of MSAL.NET over ours | not measured')))
})

test('the check fails for what was missed, and in CI for what was not measured, such as by a library that is not there', () => {
  const [met, missed, unmeasured] = [
    { name: 'met', holds: true, holdsWithNoise: true },
    { name: 'missed', holds: false, holdsWithNoise: false },
    { name: 'unmeasured' },
  ]
  assert.deepEqual(failures([met, missed, unmeasured], { inCi: false }), [missed])
  assert.deepEqual(failures([met, missed, unmeasured], { inCi: true }), [missed, unmeasured])
  const withoutDotnet = judge(RUN).filter(({ name, holds }) => name.includes('MSAL.NET') && holds === undefined)
  assert.ok(withoutDotnet.length > 5)
  assert.ok(
    withoutDotnet.every(verdict => failures(judge(RUN), { inCi: true }).some(({ name }) => name === verdict.name)),
  )
})

test('a measure that does not exist is refused before anything is built', () => {
  const run = fileURLToPath(new URL('run.mjs', bench))
  const { status, stderr } = spawnSync(process.execPath, [run, '--only', 'nonsense'], { encoding: 'utf8' })
  assert.equal(status, 2)
  assert.match(stderr, /names: import silent /)
})
