/** Whichever way a token came: an ID token that was issued to another app, or by another service, ends the flow and is not kept. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuthenticationResult } from 'latchkey'
import type { AnswerEdit } from 'latchkey/emulator'
import { FakeClock } from '../fakes/fake-clock.js'
import { FakeNegotiate } from '../fakes/fake-negotiate.js'
import { byAuthorizationCode, FLOWS } from './every-flow.js'
import { interactively, pageOf, SCOPES, type Subject, setStage } from './support.js'

const stage = await setStage()
const { tenant } = stage

const FOREIGN: Record<string, [AnswerEdit, string]> = {
  'of another app': [{ set: { aud: '11111111-2222-4333-8444-555555555555' } }, 'invalid_audience'],
  'of no app': [{ drop: ['aud'] }, 'invalid_audience'],
  'of another service': [{ set: { iss: `https://login.evil.example/${tenant.tenantId}/v2.0` } }, 'invalid_issuer'],
  'of nobody': [{ drop: ['iss'] }, 'invalid_issuer'],
}

/** A sign-in up to its last request, which the returned function makes. */
const SIGN_INS: Record<string, (subject: Subject) => Promise<() => Promise<AuthenticationResult>>> = {
  interactive:
    async ({ app }) =>
    () =>
      interactively(app, stage.visit('alice')),
  'authorization code':
    async ({ app }) =>
    () =>
      byAuthorizationCode(app, stage.visit('alice'), { scopes: SCOPES }),
  async 'device code'({ app }) {
    const deviceCode = await app.startDeviceCode({ scopes: SCOPES })
    await stage.visit('alice').open(pageOf(deviceCode))
    return () => app.acquireTokenByDeviceCode({ deviceCode })
  },
  async password({ app }) {
    const { username, password } = stage.user('alice')
    return () => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
  },
  async 'federated password'({ app }) {
    const { username, password } = stage.user('joe')
    return () => app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
  },
  integrated:
    async ({ app }) =>
    () =>
      app.acquireTokenByIntegratedWindowsAuth({ scopes: SCOPES }),
}

for (const [whose, [idTokenClaims, code]] of Object.entries(FOREIGN)) {
  describe(`an ID token ${whose}`, () => {
    for (const [flow, prepare] of Object.entries(SIGN_INS)) {
      test(`is ${code} for ${flow}`, async t => {
        // Messages to a federation server say when they were written.
        const subject = stage.application(t, {}, new FakeClock(new Date()), new FakeNegotiate().addon)
        const signIn = await prepare(subject)
        tenant.scenario({ idTokenClaims })
        await assert.rejects(signIn(), { name: 'ClientError', code })
        assert.deepEqual(await subject.app.getAccounts(), [])
        assert.doesNotMatch(subject.app.tokenCache.serialize(), /secret/)
      })
    }

    for (const flow of ['silent', 'refresh token']) {
      test(`is ${code} for ${flow}, and what was there before stays`, async t => {
        const { app } = await stage.signedIn(t)
        const before = app.tokenCache.serialize()
        const { RefreshToken } = JSON.parse(before) as { RefreshToken: Record<string, { secret: string }> }
        const refreshToken = Object.values(RefreshToken)[0]?.secret ?? assert.fail('no refresh token')
        const run = FLOWS[flow] ?? assert.fail(flow)
        const deviceCode = await app.startDeviceCode({ scopes: SCOPES })
        tenant.scenario({ idTokenClaims })
        await assert.rejects(
          run({ app, user: stage.user('alice'), refreshToken, deviceCode, federated: stage.user('joe') }),
          {
            name: 'ClientError',
            code,
          },
        )
        assert.equal(app.tokenCache.serialize(), before)
      })
    }
  })
}
