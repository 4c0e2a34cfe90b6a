/** The outcomes of a test file that ran in another program, each as a test of the one that started it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'

/** How a program ended, and what it wrote. */
export interface Ending {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Outcome {
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly name: string
  readonly reason?: string
}

// What node says of a test that a pattern of names leaves out, which nobody gives but who starts the program.
const OTHER_NAME = 'test name does not match pattern'

/** Arguments of node with which it writes the outcomes into `tally`, a path as that node sees it. */
export function reporters(tally: string): string[] {
  return [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/tally-reporter.mjs',
    `--test-reporter-destination=${tally}`,
  ]
}

/** Reports what `tally` says, and that the file as a whole ended well. */
export async function reportOutcomes(t: TestContext, file: string, tally: string, ending: Ending): Promise<void> {
  const outcomes = existsSync(tally) ? readFileSync(tally, 'utf8').split('\n').filter(Boolean) : []
  const output = `${file} ended with ${ending.status}\n${ending.stdout}${ending.stderr}`
  for (const line of outcomes) {
    const { outcome, name, reason } = JSON.parse(line) as Outcome
    const why = reason === OTHER_NAME ? 'not demanded: left out by who started it' : reason
    await t.test(name, outcome === 'skipped' ? { skip: why ?? true } : {}, () => {
      assert.equal(outcome, 'passed', 'see what the file printed, with the failure of the file itself')
    })
  }
  assert.ok(outcomes.length > 0, `no test ran: ${output}`)
  assert.equal(ending.status, 0, output)
}
