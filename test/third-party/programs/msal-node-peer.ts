/** @azure/msal-node for the tests: reads a job as JSON from stdin, does its steps in one application, writes the outcome to stdout. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { AuthError, type AuthenticationResult, CryptoProvider, PublicClientApplication } from '@azure/msal-node'
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'
import type { Job, Outcome, Step, StepResult } from '../support/job.js'
import { openExtensions } from '../support/msal-node-extensions.js'
import { listenForRedirect } from '../support/redirect-listener.js'

// msal-node uses the global fetch, which on Node 20 does not look at HTTPS_PROXY by itself.
setGlobalDispatcher(new EnvHttpProxyAgent())

// Its interactive call waits for ever.
setTimeout(() => {
  process.stderr.write('msal-node: no end after 35 s\n')
  process.exit(1)
}, 35_000).unref()

const job = JSON.parse(await text(process.stdin)) as Job
const extensions = job.kept && (await openExtensions(job.kept))
const app = new PublicClientApplication({
  ...(extensions && { cache: { cachePlugin: extensions.plugin } }),
  auth: {
    clientId: job.clientId,
    authority: job.authority,
    ...(job.known && { knownAuthorities: [new URL(job.authority).host] }),
  },
})
const cache = app.getTokenCache()
if (job.cache !== undefined) cache.deserialize(job.cache)

const results: StepResult[] = []
for (const step of job.steps) results.push(await run(step).catch(failure))
const outcome: Outcome = { results, cache: cache.serialize() }
process.stdout.write(JSON.stringify(outcome))

async function run(step: Step): Promise<StepResult> {
  switch (step.do) {
    case 'accounts':
      return { accounts: await app.getAllAccounts() }
    case 'password': {
      const { scopes, username, password } = step
      return token(await app.acquireTokenByUsernamePassword({ scopes, username, password }))
    }
    case 'interactive':
      return token(await app.acquireTokenInteractive({ scopes: step.scopes, openBrowser }))
    case 'code':
      return token(await byCode(step.scopes))
    case 'silent': {
      const accounts = await app.getAllAccounts()
      const account = accounts.find(({ username }) => username === step.username)
      if (!account) return { error: 'no_account', message: `msal-node finds no account ${step.username}` }
      const { scopes, forceRefresh = false } = step
      return token(await app.acquireTokenSilent({ scopes, account, forceRefresh }))
    }
    case 'deviceCode':
      return token(
        await app.acquireTokenByDeviceCode({
          scopes: step.scopes,
          deviceCodeCallback: ({ verificationUri, userCode }) => start('TEST_DEVICE_PERSON', verificationUri, userCode),
        }),
      )
    case 'remove':
      for (const account of await app.getAllAccounts()) {
        if (account.username === step.username) await cache.removeAccount(account)
      }
      return {}
    case 'hold':
      if (extensions === undefined) throw new Error('msal-node has no lock to hold')
      return { heldUntil: await extensions.holdLock(step.forMs) }
    case 'integrated':
    case 'webUi':
      throw new Error(`msal-node cannot do this: ${step.do}`)
  }
}

/** As an application that runs the browser and the listener itself. */
async function byCode(scopes: string[]): Promise<AuthenticationResult> {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  await using listener = await listenForRedirect()
  const { redirectUri } = listener
  const state = 'state-of-the-app'
  const asked = { scopes, redirectUri, state, responseMode: 'query' as const }
  await openBrowser(await app.getAuthCodeUrl({ ...asked, codeChallenge: challenge, codeChallengeMethod: 'S256' }))
  const answer = (await listener.answered).searchParams
  if (answer.get('state') !== state) throw new Error(`The answer is ${answer}`)
  return app.acquireTokenByCode({ scopes, redirectUri, code: answer.get('code') ?? '', codeVerifier: verifier })
}

async function openBrowser(url: string): Promise<void> {
  start('TEST_BROWSER', url)
}

function start(variable: string, ...further: string[]): void {
  const [program = '', ...args] = JSON.parse(process.env[variable] ?? '[]') as string[]
  spawn(program, [...args, ...further], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function token(result: AuthenticationResult | null): StepResult {
  if (result === null) return { error: 'no_result', message: 'msal-node resolved with null' }
  return {
    accessToken: result.accessToken,
    idToken: result.idToken,
    username: result.account?.username ?? '',
    homeAccountId: result.account?.homeAccountId ?? '',
    tenantId: result.tenantId,
    scopes: result.scopes,
    source: result.fromCache ? 'cache' : 'service',
  }
}

function failure(error: unknown): StepResult {
  if (!(error instanceof AuthError)) throw error
  return { error: error.errorCode, message: error.message }
}
