/** Our types against those of @azure/core-auth: the compiler is the judge, and this file does not compile when it disagrees. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessToken as AzureAccessToken, TokenCredential as AzureTokenCredential } from '@azure/core-auth'
import { isTokenCredential } from '@azure/core-auth'
import type { PublicClientApplication } from 'latchkey'
import { type AccessToken, type SilentApplication, tokenCredential } from 'latchkey/azure'

test('a credential is one to the Azure SDKs, for the compiler and when it runs', async () => {
  const nobody: SilentApplication = {
    acquireTokenSilent: () => Promise.reject(new Error('not asked here')),
    getAccounts: () => Promise.resolve([]),
  }
  const credential: AzureTokenCredential = tokenCredential(nobody)
  assert.ok(isTokenCredential(credential))
  const theirs = (token: AccessToken): AzureAccessToken => token
  const application = (app: PublicClientApplication): SilentApplication => app
  assert.deepEqual([theirs.length, application.length], [1, 1])
})
