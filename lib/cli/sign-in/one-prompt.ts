/** One prompt for many: of several programs that sign in to the same, one asks the person and the others use its answer. */
import { type AuthenticationResult, InteractionRequiredError } from '../../index.js'
import type { CommandContext } from '../context.js'
import { deadline, PATIENCE_SECONDS } from './deadline.js'
import { noteOf, personOf, type SignIn, shortened } from './sign-in.js'
import { type OtherTurn, takeTurn } from './turn.js'

/**
 * Runs `prompt` when it is this program's turn; until then waits for whoever's turn it is, and is content with what they got.
 * After one that failed, or whose sign-in does not do for these scopes, it is somebody else's turn, maybe this program's.
 *
 * @throws {ClientError} authentication_timeout – the others took longer than --timeout, or 300 seconds.
 * @throws {AuthError} as takeTurn, acquireTokenSilent and `prompt`.
 */
export async function onePromptForMany(
  signIn: SignIn,
  prompt: () => Promise<AuthenticationResult>,
): Promise<AuthenticationResult> {
  const { context, application } = signIn
  const { options } = context
  const seconds = options.timeout ?? PATIENCE_SECONDS
  const signal = deadline(seconds, context.signal, `Another program's sign-in was not finished within ${seconds} s.`)
  for (;;) {
    const turn = await takeTurn({
      cache: application.cache,
      clientId: options['client-id'] ?? '',
      authority: options.authority ?? '',
      person: personOf(context) ?? '',
      note: noteOf(context),
      signal,
    })
    if (turn.isOwn) {
      let homeAccountId: string | undefined
      try {
        const result = await prompt()
        homeAccountId = result.account.homeAccountId
        return result
      } finally {
        await turn.end(homeAccountId)
      }
    }
    tellWaiting(context, turn, seconds)
    const homeAccountId = await turn.over
    const result = homeAccountId === undefined ? undefined : await fromCache(signIn, homeAccountId)
    if (result !== undefined) return result
    context.stderr.line('That sign-in came to nothing here.')
  }
}

function tellWaiting({ stderr }: CommandContext, { pid, note }: OtherTurn, seconds: number): void {
  const who = pid === 0 ? 'Another program' : `Process ${pid}`
  stderr.prose('', `${who} is asking for the same sign-in already; waiting for it, at most ${seconds} s.`)
  if (note !== undefined) stderr.line(`Its note: ${stderr.style.bold(shortened(note))}`)
}

async function fromCache({ context, application }: SignIn, id: string): Promise<AuthenticationResult | undefined> {
  const { app, scopes } = application
  const account = await app.getAccount(id)
  try {
    return account && (await app.acquireTokenSilent({ scopes, account, signal: context.signal }))
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    return undefined
  }
}
