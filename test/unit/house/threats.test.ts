/** The threat model is held against the tests: each fault that the check looks for is planted and seen. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/machine.js'

const { checkThreats } = (await import(new URL('../../../scripts/threats.mjs', import.meta.url).href)) as {
  checkThreats(root: string): { file: string; line: number; message: string }[]
}

const DOCUMENT = `# Security
| not | a | threat |
## Threats
### Somebody
| what they try | shown by |
|---|---|
| this | \`test/a.test.ts\`: “it’s (really) there”<br>\`test/a.test.ts\`: “nested” |
| that | – |
| more | \`test/b.test.ts\`: “anything” |
| most | \`test/a.test.ts\`: “is there” |
| last | \`test/a.test.ts\`: “of a name” |
## After
| not | a | threat |
`
const TESTS = `test("it’s (really) there", () => {})
describe('of a name', () => {
  it(
    'nested',
    () => {},
  )
})
`

test('a threat without a test, and a test that is not there, are faults with their lines', async t => {
  const root = await temporaryFolder(t)
  await mkdir(path.join(root, 'test'))
  await writeFile(path.join(root, 'SECURITY.md'), DOCUMENT)
  await writeFile(path.join(root, 'test/a.test.ts'), TESTS)
  const found = checkThreats(root).flatMap(({ line, message }) => (line > 1 ? `${line}: ${message}` : []))
  assert.deepEqual(found, [
    '8: the threat names no test, as `test/….test.ts`: “title”',
    '9: there is no test/b.test.ts',
    '10: test/a.test.ts has no test “is there”',
    '11: test/a.test.ts has no test “of a name”',
  ])
})

test('an attacker who is forgotten is a fault, and a project without the document is not', async t => {
  const root = await temporaryFolder(t)
  assert.deepEqual(checkThreats(root), [])
  await writeFile(path.join(root, 'SECURITY.md'), '# Security\n')
  const none = checkThreats(root).map(({ message }) => message)
  assert.ok(none.length >= 8)
  assert.ok(none.includes('it has no threats of “A hostile network”'))
  await writeFile(path.join(root, 'SECURITY.md'), '## Threats\n### A hostile network\n| a | `test/a.test.ts`: “b” |\n')
  assert.ok(!checkThreats(root).some(({ message }) => message.includes('A hostile network')))
})
