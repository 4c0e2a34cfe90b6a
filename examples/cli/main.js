#!/usr/bin/env node
/** whoami: asks an API who the user is. Signs in with the browser, or with a device code where there is none. */
import {
  AuthError,
  createPersistentCache,
  InteractionRequiredError,
  PublicClientApplication,
  parseClaimsChallenge,
  whyNoSystemBrowser,
} from 'latchkey'

const { env } = process
const API = env.WHOAMI_API ?? 'https://graph.microsoft.com/v1.0/me'
const scopes = ['User.Read']

// The result alone goes to stdout, so that another program can read it.
const say = text => process.stderr.write(`${text}\n`)

const interrupted = new AbortController()
const { signal } = interrupted
process.once('SIGINT', () => interrupted.abort())

const app = new PublicClientApplication({
  clientId: env.LATCHKEY_CLIENT_ID ?? '',
  authority: env.LATCHKEY_AUTHORITY ?? 'https://login.microsoftonline.com/organizations',
  knownAuthorities: env.LATCHKEY_KNOWN_AUTHORITY?.split(',') ?? [],
  clientCapabilities: ['cp1'],
  cache: await createPersistentCache({
    name: 'whoami',
    ...(env.WHOAMI_CACHE && { directory: env.WHOAMI_CACHE }),
    allowUnencryptedStorage: process.argv.includes('--allow-unencrypted-storage'),
  }),
})

/** A token without the user if that is possible, else with. */
async function getToken(claims) {
  const [account] = await app.getAccounts()
  const request = { scopes, signal, ...(account && { account }), ...(claims && { claims }) }
  try {
    return await app.acquireTokenSilent(request)
  } catch (error) {
    if (!(error instanceof InteractionRequiredError)) throw error
    return signIn({ ...request, ...(error.claims && { claims: error.claims }) })
  }
}

async function signIn(request) {
  const reason = await whyNoSystemBrowser()
  if (reason === undefined) {
    say('Opening your browser to sign in …')
    return app.acquireTokenInteractive(request)
  }
  return app.acquireTokenByDeviceCode({ ...request, deviceCodeCallback: ({ message }) => say(message) })
}

/** Calls the API, once more if it wants a token that satisfies further claims. */
async function callApi(claims) {
  const { authorizationHeader } = await getToken(claims)
  const response = await fetch(API, { headers: { authorization: authorizationHeader }, signal })
  const wanted = response.status === 401 ? parseClaimsChallenge(response.headers.get('www-authenticate')) : undefined
  if (wanted !== undefined && claims === undefined) return callApi(wanted)
  if (!response.ok) throw new Error(`${API} answered ${response.status}`)
  return response.json()
}

async function signOut() {
  const accounts = await app.getAccounts()
  for (const account of accounts) await app.removeAccount(account)
  say(accounts.length === 0 ? 'Nobody was signed in.' : `Signed out ${accounts.map(a => a.username).join(', ')}.`)
}

try {
  if (process.argv.includes('sign-out')) await signOut()
  else process.stdout.write(`${JSON.stringify(await callApi(), null, 2)}\n`)
} catch (error) {
  if (signal.aborted) {
    process.exitCode = 130
  } else {
    say(error instanceof AuthError ? `${error.code}: ${error.message}\n${error.hint}` : error.message)
    process.exitCode = 1
  }
} finally {
  await app.close()
}
