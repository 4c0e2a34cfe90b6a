/** `latchkey login`: signs a user in with the browser and keeps the tokens. */
import { nextCommand, withApplication } from './application.js'
import { tellingBrowserOpener } from './browser-opener.js'
import type { Command } from './context.js'
import { domainName } from './pick-account.js'
import { signInJson } from './result-json.js'
import { jsonLine, printable, timeLeft } from './text.js'

/**
 * Signs in and says who signed in.
 *
 * @throws {UsageError} or {AuthError} as withApplication and acquireTokenInteractive.
 */
export const login: Command = context =>
  withApplication(context, async ({ app, location, scopes }) => {
    const { options, stdout, stderr, signal } = context
    const { bold, green, dim } = stderr.style
    stderr.line(`Opening your browser to sign in to ${bold(tenantOf(options.authority))} …`)
    const result = await app.acquireTokenInteractive({
      scopes,
      ...(options.prompt !== undefined && { prompt: options.prompt }),
      ...(options.username !== undefined && { loginHint: options.username }),
      ...(options.domain !== undefined && { domainHint: domainName(options.domain) }),
      ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
      systemBrowser: { openBrowser: tellingBrowserOpener(stderr) },
      signal,
    })
    const { username } = result.account
    stderr.line(`${green('✓')} Signed in as ${bold(printable(username))}`)
    stderr.line(dim(`  tenant    ${printable(result.tenantId) || '–'}`))
    stderr.line(dim(`  token     ${printable(result.scopes.join(' '))}, good for ${timeLeft(result.expiresOn)}`))
    stderr.line(dim(`  kept in   ${printable(location)}, not encrypted`))
    if (options.json) stdout.line(jsonLine(signInJson(result)))
    else stderr.line(`Next: ${nextCommand(context, 'token')}`)
  })

/** The tenant of an authority as people say it: the domain, or the host where the path names none. */
function tenantOf(authority: string | undefined): string {
  if (authority === undefined || !URL.canParse(authority)) return 'the Microsoft identity platform'
  const { host, pathname } = new URL(authority)
  const tenant = pathname.split('/')[1] ?? ''
  return printable(tenant.includes('.') ? tenant : host)
}
