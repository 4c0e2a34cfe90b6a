/** Holds the threat model against the tests: every threat in SECURITY.md names at least one, and each that it names exists. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const FILE = 'SECURITY.md'
const NAMED = /`(test\/[^`]+\.test\.ts)`: “([^”]+)”/g

/** A fault for each threat without a test, and for each test that is not there. */
export function checkThreats(root) {
  if (!existsSync(path.join(root, FILE))) return []
  const faults = []
  let inThreats = false
  let threats = 0
  for (const [index, line] of readFileSync(path.join(root, FILE), 'utf8').split('\n').entries()) {
    if (line.startsWith('## ')) inThreats = line === '## Threats'
    if (!inThreats || !line.startsWith('| ') || line.startsWith('| what they try |')) continue
    threats++
    const fault = message => faults.push({ file: FILE, line: index + 1, message })
    const named = [...line.matchAll(NAMED)]
    if (named.length === 0) fault('the threat names no test, as `test/….test.ts`: “title”')
    for (const [, file, title] of named) {
      if (!existsSync(path.join(root, file))) fault(`there is no ${file}`)
      else if (!hasTest(readFileSync(path.join(root, file), 'utf8'), title)) fault(`${file} has no test “${title}”`)
    }
  }
  if (threats === 0) faults.push({ file: FILE, line: 1, message: 'it has no table under “## Threats”' })
  return faults
}

/** Is there a test of this title, in single or double quotes? */
function hasTest(source, title) {
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\b(?:test|it)\\(\\s*(['"])${text}\\1`).test(source)
}
