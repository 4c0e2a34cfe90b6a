/** `latchkey login`: signs a user in and keeps the tokens. */
import {
  type AccountInfo,
  AuthError,
  type AuthenticationResult,
  type CachePersistence,
  InteractionRequiredError,
} from '../index.js'
import { type Application, nextCommand, withApplication } from './application.js'
import type { Command, CommandContext } from './context.js'
import { signInJson } from './result-json.js'
import { signInWithBrowser } from './sign-in/browser.js'
import { chooseFlow, choosePersonFlow, type Flow, type PersonFlow } from './sign-in/choose-flow.js'
import { signInWithDeviceCode } from './sign-in/device-code.js'
import { signInIntegrated, tryIntegrated } from './sign-in/integrated.js'
import { onePromptForMany } from './sign-in/one-prompt.js'
import { signInWithPassword } from './sign-in/password.js'
import type { SignIn } from './sign-in/sign-in.js'
import { earlierSignIn, isUnattended, signInUnattended } from './sign-in/unattended.js'
import { tellPlace } from './tell-place.js'
import { jsonLine, printable, timeLeft } from './text.js'

/**
 * Signs in and says who signed in.
 *
 * @throws {UsageError} – options do not go together.
 * @throws {UsageError}, {Hinted}, {Interrupted} or {AuthError} as withApplication and the way to sign in.
 */
export const login: Command = async given => {
  const context = withUserOfAccount(given)
  const flow = chooseFlow(context.options)
  await withApplication(context, async application => {
    const result = await signIn({ context, application }, flow)
    await tellResult(context, application, result)
  })
}

/** An account that has a user's name, not an id, is as good as --username: it fills in a page, and names whose password it is. */
function withUserOfAccount(context: CommandContext): CommandContext {
  const { username, account } = context.options
  if (username !== undefined || !account?.includes('@')) return context
  return { ...context, options: { ...context.options, username: account } }
}

async function signIn(what: SignIn, flow: Flow): Promise<AuthenticationResult> {
  const { options, env } = what.context
  const earlier = options['if-needed'] ? await earlierIfAny(what) : undefined
  if (earlier !== undefined) return earlier
  // A ticket, or a password from a pipe, asks nobody.
  if (flow === 'integrated') return signInIntegrated(what)
  if (options['password-stdin']) return signInWithPassword(what)
  if (isUnattended(env)) {
    return signInUnattended(what, flow === 'auto' ? async () => (await tryIntegrated(what)).result : undefined)
  }
  return flow === 'auto' ? signInSomehow(what) : askPerson(what, { flow })
}

/** Without a prompt if that is possible, else as a person can be asked here. */
async function signInSomehow(what: SignIn): Promise<AuthenticationResult> {
  const attempt = await tryIntegrated(what)
  if (attempt.result !== undefined) return attempt.result
  const { username: knownUser, claims } = attempt
  return askPerson({ ...what, knownUser, claims }, await choosePersonFlow())
}

function askPerson(what: SignIn, chosen: PersonFlow | { readonly flow: 'password' }): Promise<AuthenticationResult> {
  const prompt = async () => {
    await assertUsable(what.application.cache)
    if (chosen.flow === 'password') return signInWithPassword(what)
    return chosen.flow === 'device-code' ? signInWithDeviceCode(what, chosen.whyNoBrowser) : signInWithBrowser(what)
  }
  // Who chooses what the page asks for does not want the answer of another program.
  return what.context.options.prompt === undefined ? onePromptForMany(what, prompt) : prompt()
}

// What a new sign-in may set aside.
const UNREADABLE: ReadonlySet<string> = new Set(['cache_decryption_failed', 'cache_key_lost'])

/**
 * Tries the cache before a person is asked for what could not be kept.
 *
 * @throws {AuthError} – it cannot be read or written; nothing has been changed.
 */
async function assertUsable(cache: CachePersistence): Promise<void> {
  try {
    await cache.load()
  } catch (error) {
    if (!(error instanceof AuthError && UNREADABLE.has(error.code))) throw error
  }
  await cache.verify()
}

async function earlierIfAny(what: SignIn): Promise<AuthenticationResult | undefined> {
  try {
    return await earlierSignIn(what)
  } catch (error) {
    if (error instanceof InteractionRequiredError) return undefined
    throw error
  }
}

async function tellResult(
  context: CommandContext,
  application: Application,
  result: AuthenticationResult,
): Promise<void> {
  const { options, stdout, stderr } = context
  const { bold, green, dim } = stderr.style
  const { account, tenantId, scopes, expiresOn } = result
  stderr.line(`${green('✓')} Signed in as ${bold(printable(account.username))}`)
  stderr.line(dim(`  tenant    ${printable(tenantId) || '–'}`))
  stderr.line(dim(`  token     ${printable(scopes.join(' '))}, good for ${timeLeft(expiresOn)}`))
  tellPlace(stderr, '  kept in   ', application)
  if (options.json) stdout.line(jsonLine(signInJson(result)))
  else stderr.line(`Next: ${nextCommand(context, 'token', ...whose(account, await application.app.getAccounts()))}`)
}

/** Which of several accounts; the id where two have the same name, as guests do. */
function whose({ homeAccountId, username }: AccountInfo, everybody: readonly AccountInfo[]): string[] {
  if (everybody.length < 2) return []
  const isUnique = everybody.filter(other => other.username === username).length === 1
  return ['--account', isUnique ? username : homeAccountId]
}
