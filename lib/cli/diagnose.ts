/** `latchkey diagnose`: looks at what a sign-in depends on, and says what is wrong. */
import { type Diagnosis, diagnose as look } from '../index.js'
import { readOptionFile } from './application.js'
import type { Command, CommandContext } from './context.js'
import { Hinted } from './failure.js'
import { inOptions } from './hints.js'
import { kerberosOf } from './kerberos-options.js'
import { DEFAULT_CACHE_NAME } from './options.js'
import { jsonLine, printable } from './text.js'

/**
 * Prints one line a check, or all of them as JSON.
 *
 * @throws {Hinted} `checks_failed` – a check failed; those that only advise do not count, nor what --flow does without.
 * @throws {UsageError} – --ca cannot be read.
 */
export const diagnose: Command = async context => {
  const { options, stdout, signal } = context
  const ca = options.ca === undefined ? undefined : await readOptionFile('ca', options.ca)
  const kerberos = kerberosOf(options)
  const { flow } = options
  const found = await look({
    ...(options.authority !== undefined && { authority: options.authority }),
    http: {
      ...(ca !== undefined && { ca }),
      ...(options['proxy-integrated-authentication'] === true && { proxy: { integratedAuthentication: true } }),
    },
    ...(options.username !== undefined && { username: options.username }),
    ...(kerberos !== undefined && { kerberos }),
    ...(flow !== undefined && flow !== 'auto' && { flow }),
    ...(options['desktop-sso'] === true && { desktopSso: true }),
    cache: {
      name: options['cache-name'] ?? DEFAULT_CACHE_NAME,
      ...(options['cache-dir'] !== undefined && { directory: options['cache-dir'] }),
      allowUnencryptedStorage: options['allow-unencrypted-storage'] === true,
    },
    ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
    signal,
  })
  if (options.json) stdout.line(jsonLine(found))
  else print(context, found)
  const failed = found.filter(({ ok }) => !ok).map(({ check }) => check)
  if (failed.length > 0) throw checksFailed(failed)
}

function print({ stdout }: CommandContext, found: readonly Diagnosis[]): void {
  const { green, yellow, red, dim } = stdout.style
  const width = Math.max(...found.map(({ check }) => check.length))
  for (const { check, ok, detail, hint } of found) {
    const [mark, paint] = !ok
      ? (['✗', red] as const)
      : hint === undefined
        ? (['✓', green] as const)
        : (['!', yellow] as const)
    const lead = `${mark} ${check.padEnd(width)}  `
    stdout.prose(lead, printable(detail), { lead: text => paint(mark) + text.slice(mark.length) })
    if (hint !== undefined)
      stdout.prose(`${' '.repeat(lead.length)}→ `, printable(inOptions(hint)), { lead: dim, text: dim })
  }
}

function checksFailed(checks: readonly string[]): Hinted {
  const what = checks.length === 1 ? 'a check failed' : `${checks.length} checks failed`
  const error = Object.assign(new Error(`${what}: ${checks.join(', ')}`), { code: 'checks_failed' })
  return new Hinted(error, 'What to do is said beside each of them.')
}
