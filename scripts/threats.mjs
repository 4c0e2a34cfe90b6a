/** Holds the threat model against the tests: every threat in SECURITY.md names at least one, and each that it names exists. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const FILE = 'SECURITY.md'
/** Who has to be thought of, each under a heading of its own. */
const ATTACKERS = [
  'Another user of the machine',
  'Another process of the same user',
  'A hostile page in the same browser',
  'A hostile network',
  'A hostile proxy',
  'A hostile environment',
  'A hostile token service',
  'A hostile metadata document',
]
const NAMED = /`(test\/[^`]+\.test\.ts)`: “([^”]+)”/g

/** A fault for each threat without a test, and for each test that is not there. */
export function checkThreats(root) {
  if (!existsSync(path.join(root, FILE))) return []
  const faults = []
  let inThreats = false
  const threats = new Map()
  let attacker = ''
  for (const [index, line] of readFileSync(path.join(root, FILE), 'utf8').split('\n').entries()) {
    if (line.startsWith('## ')) inThreats = line === '## Threats'
    if (line.startsWith('### ')) attacker = line.slice(4)
    if (!inThreats || !line.startsWith('| ') || line.startsWith('| what they try |')) continue
    threats.set(attacker, (threats.get(attacker) ?? 0) + 1)
    const fault = message => faults.push({ file: FILE, line: index + 1, message })
    const named = [...line.matchAll(NAMED)]
    if (named.length === 0) fault('the threat names no test, as `test/….test.ts`: “title”')
    for (const [, file, title] of named) {
      if (!existsSync(path.join(root, file))) fault(`there is no ${file}`)
      else if (!hasTest(readFileSync(path.join(root, file), 'utf8'), title)) fault(`${file} has no test “${title}”`)
    }
  }
  const forgotten = ATTACKERS.filter(name => !threats.has(name))
  return [...faults, ...forgotten.map(name => ({ file: FILE, line: 1, message: `it has no threats of “${name}”` }))]
}

/** Is there a test of this title, in single or double quotes? */
function hasTest(source, title) {
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\b(?:test|it)\\(\\s*(['"])${text}\\1`).test(source)
}
