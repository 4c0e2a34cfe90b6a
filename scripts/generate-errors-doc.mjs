/** Writes docs/errors.md from the tables in lib/error-codes.ts and lib/token/. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const HEAD = `# Errors

<!-- Written by scripts/generate-errors-doc.mjs from lib/error-codes.ts and lib/token/aadsts.ts. Do not edit. -->

What goes wrong is an \`AuthError\`: \`code\` is stable and to branch on, \`message\` says what happened, \`hint\` what to do next.

| class | what it means | what to do |
|---|---|---|
| \`ClientError\` | something on this machine or in this call is wrong | read \`hint\`; correct the call, or tell the user |
| \`ServiceError\` | the service refused; \`code\` is its own \`error\` | read \`status\`, \`suberror\` and \`retryAfter\` |
| \`InteractionRequiredError\` | the user has to do something; a \`ServiceError\` too | call \`acquireTokenInteractive\`, and pass \`claims\` on |

\`steps\` says, line by line, what a sign-in that asks a federation server has tried: addresses, statuses, the schemes that were offered, the
service name, the system's own numbers. There is no secret in it.

Cancelling rejects with the reason of your \`AbortSignal\`. What a custom web UI or a callback of yours throws reaches you unchanged,
but for the \`AbortError\` of a web UI whose window the user closed: \`authentication_canceled\`.
`

/** Resolves with the text of docs/errors.md. Needs dist/ to be built. */
export async function renderErrorsDoc() {
  const { ERROR_CODES } = await load('dist/error-codes.js')
  const parts = [HEAD]
  for (const [name, about] of [
    ['ClientError', 'latchkey itself raises these.'],
    [
      'ServiceError',
      'latchkey names these where the service gave no `error` of its own; otherwise `code` is what the service sent.',
    ],
    ['InteractionRequiredError', 'Besides these, `invalid_grant` and `interaction_required` of the service.'],
  ]) {
    const rows = Object.entries(ERROR_CODES).filter(([, entry]) => entry.class === name)
    parts.push(
      `## ${name}\n\n${about}\n\n| code | what happened | what to do |\n|---|---|---|\n${rows.map(row).join('\n')}\n`,
    )
  }
  const { AADSTS_HINTS } = existsSync(path.join(root, 'dist/token/aadsts.js')) ? await load('dist/token/aadsts.js') : {}
  if (AADSTS_HINTS) {
    const rows = [...AADSTS_HINTS].sort(([a], [b]) => a - b).map(([number, entry]) => aadstsRow(number, entry))
    const about =
      'The number is in `errorCodes` and in the message. It chooses the hint and is not for branching: use `code` and `suberror`.'
    parts.push(`## AADSTS numbers\n\n${about}\n\n| number | name | what to do |\n|---|---|---|\n${rows.join('\n')}\n`)
  }
  const { OTHER_CODES } = await load('dist/token/other-codes.js')
  const others = [...OTHER_CODES].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, entry]) => otherRow(code, entry))
  const aboutOthers =
    'Azure AD B2C and AD FS name theirs in the message only. They choose the hint and are not for branching either.'
  parts.push(
    `## Codes of B2C and AD FS\n\n${aboutOthers}\n\n| code | name | what to do |\n|---|---|---|\n${others.join('\n')}\n`,
  )
  return parts.join('\n')
}

const load = file => import(pathToFileURL(path.join(root, file)).href)
// A bar ends a cell, and a bare <tenant> would be read as HTML.
const cell = text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const row = ([code, { meaning, hint }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(hint)} |`
const aadstsRow = (number, { name, hint }) => `| ${number} | ${cell(name)} | ${cell(hint)} |`
const otherRow = (code, { name, hint }) => `| \`${code}\` | ${cell(name)} | ${cell(hint)} |`

/** Resolves with a complaint when docs/errors.md is not what the tables say. */
export async function checkErrorsDoc() {
  const file = path.join(root, 'docs/errors.md')
  if (existsSync(file) && readFileSync(file, 'utf8') === (await renderErrorsDoc())) return []
  return [{ file: 'docs/errors.md', line: 1, message: 'is out of date; run node scripts/generate-errors-doc.mjs' }]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path.join(root, 'docs/errors.md'), await renderErrorsDoc())
}
