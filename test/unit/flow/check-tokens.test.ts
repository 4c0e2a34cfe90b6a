/** Whom an answer is about, where it has no client_info to say so. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAuthority } from '#lib/authority/authority.js'
import { findKnownCloud } from '#lib/authority/known-clouds.js'
import { checkTokens } from '#lib/flow/save-tokens.js'
import { SILENT_LOGGER } from '#lib/logger.js'
import type { AccountInfo, IdTokenClaims } from '#lib/request/result.js'
import { FakeClock } from '../../fakes/fake-clock.js'

const HOME = '11111111-0000-0000-0000-000000000000'
const ELSEWHERE = '22222222-0000-0000-0000-000000000000'
const ALICE = 'aaaaaaaa-0000-0000-0000-000000000000'
const ALICE_AS_GUEST = 'aaaaaaaa-0000-0000-0000-999999999999'
const BOB = 'bbbbbbbb-0000-0000-0000-000000000000'
const CLOUD = findKnownCloud('login.microsoftonline.com') ?? assert.fail('the public cloud is unknown')

function check(claims: IdTokenClaims | undefined, account: Partial<AccountInfo>): void {
  const clock = new FakeClock()
  const context = { clientId: 'client', clock, logger: SILENT_LOGGER }
  const iss = `https://login.microsoftonline.com/${claims?.tid}/v2.0`
  checkTokens(context, {
    target: { authority: parseAuthority('https://login.microsoftonline.com/common'), cloud: CLOUD },
    tokens: {
      accessToken: 'at',
      receivedOn: new Date(clock.now()),
      expiresOn: new Date(clock.now()),
      extendedExpiresOn: undefined,
      refreshOn: undefined,
      scopes: undefined,
      refreshToken: undefined,
      refreshTokenExpiresOn: undefined,
      familyId: undefined,
      idToken: undefined,
      idTokenClaims: claims && { aud: 'client', iss, ...claims },
      clientInfo: undefined,
    },
    request: { scopes: ['s'], correlationId: 'id' },
    account: { homeAccountId: '', localAccountId: '', environment: '', tenantId: '', username: '', ...account },
  })
}

const AT_HOME = { homeAccountId: `${ALICE}.${HOME}`, localAccountId: ALICE, tenantId: HOME }
const AS_GUEST = { homeAccountId: `${ALICE}.${HOME}`, localAccountId: ALICE_AS_GUEST, tenantId: ELSEWHERE }

describe('an answer without client_info is taken', () => {
  const taken: Array<[string, IdTokenClaims | undefined, Partial<AccountInfo>]> = [
    ['at home, ignoring case', { oid: ALICE.toUpperCase(), tid: HOME }, AT_HOME],
    ['as a guest of the tenant that the account is of', { oid: ALICE_AS_GUEST, tid: ELSEWHERE }, AS_GUEST],
    ['as a guest whose object id there nobody knows', { oid: ALICE_AS_GUEST, tid: ELSEWHERE }, AT_HOME],
    ['with a user flow in the account', { oid: ALICE, tid: HOME }, { homeAccountId: `${ALICE}-b2c_1_in.${HOME}` }],
    ['by the subject', { sub: 'Subject', oid: BOB, tid: HOME }, { homeAccountId: 'Subject' }],
    ['without an ID token', undefined, AT_HOME],
  ]
  for (const [what, claims, account] of taken) test(what, () => check(claims, account))
})

describe('an answer without client_info is user_mismatch', () => {
  const refused: Array<[string, IdTokenClaims, Partial<AccountInfo>]> = [
    ['for another object id at home', { oid: BOB, tid: HOME }, AT_HOME],
    ['for another guest', { oid: BOB, tid: ELSEWHERE }, AS_GUEST],
    ['for another subject', { sub: 'other', oid: ALICE, tid: HOME }, { homeAccountId: 'Subject' }],
  ]
  for (const [what, claims, account] of refused) {
    test(what, () => assert.throws(() => check(claims, account), { name: 'ClientError', code: 'user_mismatch' }))
  }
})
