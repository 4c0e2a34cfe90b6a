/** `latchkey login`: signs a user in and keeps the tokens. */
import { type AuthenticationResult, InteractionRequiredError } from '../index.js'
import { type Application, nextCommand, withApplication } from './application.js'
import type { Command, CommandContext } from './context.js'
import { signInJson } from './result-json.js'
import { signInWithBrowser } from './sign-in/browser.js'
import { type ChosenFlow, chooseFlow } from './sign-in/choose-flow.js'
import { signInWithDeviceCode } from './sign-in/device-code.js'
import { onePromptForMany } from './sign-in/one-prompt.js'
import { signInWithPassword } from './sign-in/password.js'
import type { SignIn } from './sign-in/sign-in.js'
import { earlierSignIn, isUnattended, signInUnattended } from './sign-in/unattended.js'
import { jsonLine, printable, timeLeft } from './text.js'

/**
 * Signs in and says who signed in.
 *
 * @throws {UsageError} – options do not go together.
 * @throws {UsageError}, {Hinted}, {Interrupted} or {AuthError} as withApplication and the way to sign in.
 */
export const login: Command = async context => {
  const chosen = await chooseFlow(context.options)
  await withApplication(context, async application => {
    tellResult(context, application, await signIn({ context, application }, chosen))
  })
}

async function signIn(what: SignIn, chosen: ChosenFlow): Promise<AuthenticationResult> {
  const { options, env } = what.context
  const earlier = options['if-needed'] ? await earlierIfAny(what) : undefined
  if (earlier !== undefined) return earlier
  const prompt = () => signInBy(what, chosen)
  // A password from a pipe asks nobody.
  if (options['password-stdin']) return prompt()
  if (isUnattended(env)) return signInUnattended(what)
  // Who chooses what the page asks for does not want the answer of another program.
  return options.prompt === undefined ? onePromptForMany(what, prompt) : prompt()
}

async function earlierIfAny(what: SignIn): Promise<AuthenticationResult | undefined> {
  try {
    return await earlierSignIn(what)
  } catch (error) {
    if (error instanceof InteractionRequiredError) return undefined
    throw error
  }
}

function signInBy(what: SignIn, { flow, whyNoBrowser }: ChosenFlow): Promise<AuthenticationResult> {
  if (flow === 'device-code') return signInWithDeviceCode(what, whyNoBrowser)
  return flow === 'password' ? signInWithPassword(what) : signInWithBrowser(what)
}

function tellResult(context: CommandContext, { location }: Application, result: AuthenticationResult): void {
  const { options, stdout, stderr } = context
  const { bold, green, dim } = stderr.style
  const { account, tenantId, scopes, expiresOn } = result
  stderr.line(`${green('✓')} Signed in as ${bold(printable(account.username))}`)
  stderr.line(dim(`  tenant    ${printable(tenantId) || '–'}`))
  stderr.line(dim(`  token     ${printable(scopes.join(' '))}, good for ${timeLeft(expiresOn)}`))
  stderr.line(dim(`  kept in   ${printable(location)}, not encrypted`))
  if (options.json) stdout.line(jsonLine(signInJson(result)))
  else stderr.line(`Next: ${nextCommand(context, 'token')}`)
}
