/** The codes of B2C and AD FS: every row can be read by a person, and the right one is found in a refusal's text. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InteractionRequiredError } from '#lib/errors.js'
import { hintInText, OTHER_CODES } from '#lib/token/other-codes.js'
import { parseServiceError } from '#lib/token/service-error.js'

const refuse = (answer: Record<string, unknown>) =>
  parseServiceError({
    answer,
    status: 400,
    correlationId: 'request-id',
    retryAfter: undefined,
    responseBody: undefined,
  })

describe('the table', () => {
  test('has a name and a hint of one sentence in every row', () => {
    for (const [code, { name, hint }] of OTHER_CODES) {
      assert.match(code, /^(?:AADB2C9\d{4}|MSIS9\d{3})$/)
      assert.match(name, /^[A-Za-z].{5,}[A-Za-z0-9]$/, code)
      assert.match(hint, /^[A-Z].*\w\.$/, code)
      assert.doesNotMatch(hint, /[a-z)]\. [A-Z]|undefined/, code)
    }
  })

  const advice: ReadonlyArray<[string, RegExp]> = [
    ['AADB2C90225', /password again/],
    ['AADB2C90117', /client ID itself/],
    ['AADB2C90057', /public client flows/],
    ['AADB2C90058', /public client flows/],
    ['AADB2C90118', /resets passwords/],
    ['AADB2C90091', /cancelled/],
    ['AADB2C90077', /acquireTokenInteractive/],
    ['AADB2C90224', /public client flows/],
    ['AADB2C90088', /user flow/],
    ['MSIS9659', /password again/],
    ['MSIS9607', /clientId/],
    ['MSIS9602', /registered on the AD FS server/],
    ['MSIS9611', /acquireTokenInteractive/],
  ]
  for (const [code, hint] of advice) {
    test(`advises for ${code} what mends it`, () => assert.match(OTHER_CODES.get(code)?.hint ?? '', hint))
  }
})

describe('finding the code in a text', () => {
  test('takes the last that is known, and none from inside a word', () => {
    assert.match(hintInText('AADB2C90117: The scope. AADB2C90225: The user.') ?? '', /password again/)
    assert.match(hintInText('AADB2C90225: The user. AADB2C99999: Unheard of.') ?? '', /password again/)
    for (const text of ['', 'AADB2C99999: Unheard of.', 'XAADB2C90225', 'AADB2C902251', 'MSIS96590', 'msis9659']) {
      assert.equal(hintInText(text), undefined, text)
    }
  })
})

describe('a refusal that has its code in the text', () => {
  test('gets its hint, keeps its message, and has no numbers that AADSTS would be taken from', () => {
    const description = 'AADB2C90225: The username or password are invalid.\r\nCorrelation ID: 1\r\nTimestamp: now\r\n'
    const refusal = refuse({ error: 'access_denied', error_description: description })
    assert.equal(refusal.code, 'access_denied')
    assert.match(refusal.message, /^AADB2C90225: /)
    assert.match(refusal.hint, /password again/)
    assert.deepEqual(refusal.errorCodes, [])
  })

  test('is classified by its error alone', () => {
    for (const code of ['AADB2C90225', 'AADB2C90118', 'MSIS9659']) {
      const outcomes = ['invalid_grant', 'access_denied', 'invalid_request'].map(
        error => refuse({ error, error_description: `${code}: Some text.` }) instanceof InteractionRequiredError,
      )
      assert.deepEqual(outcomes, [true, false, false], code)
    }
  })

  test('an AADSTS number of the answer goes first', () => {
    const rest = { error_description: 'AADB2C90117: The scope.', error_codes: [50034] }
    assert.match(refuse({ error: 'invalid_grant', ...rest }).hint, /user name again/)
  })
})
