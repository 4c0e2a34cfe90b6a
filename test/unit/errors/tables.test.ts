/** The tables of codes: every row can be read by a person who has just seen an error. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ERROR_CODES, type ErrorCodeEntry } from '#lib/error-codes.js'
import { AADSTS_HINTS } from '#lib/token/aadsts.js'

/** Begins with a capital or with the name of an option, and ends with a stop. */
const SENTENCE = /^(?:[A-Z"]|[a-z]+[A-Z]\w* ).*[\w)"\]}>]\.$/
const SECOND_SENTENCE = /[a-z)]\. [A-Z]/
const entries: Array<[string, ErrorCodeEntry]> = Object.entries(ERROR_CODES)

describe('ERROR_CODES', () => {
  test('has a snake_case code, a meaning and a hint in every row', () => {
    assert.ok(entries.length >= 40)
    for (const [code, { meaning, hint }] of entries) {
      assert.match(code, /^(B2C_)?[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      for (const text of [meaning, hint]) {
        assert.match(text, SENTENCE, code)
        assert.doesNotMatch(text, SECOND_SENTENCE, code)
        assert.ok(text.length > 15, code)
      }
    }
  })

  test('says what to do in words that differ from what happened', () => {
    for (const [code, { meaning, hint }] of entries) assert.notEqual(hint, meaning, code)
  })

  test('has the codes that people who come from MSAL search for', () => {
    const expected = {
      user_null: 'InteractionRequiredError',
      no_tokens_found: 'InteractionRequiredError',
      no_prompt_failed: 'InteractionRequiredError',
      authentication_canceled: 'ClientError',
      loopback_redirect_uri: 'ClientError',
      state_mismatch: 'ClientError',
      invalid_authority: 'ClientError',
      json_parse_failed: 'ClientError',
      service_not_available: 'ServiceError',
      request_throttled: 'ServiceError',
      non_parsable_oauth_error: 'ServiceError',
    }
    for (const [code, name] of Object.entries(expected)) {
      assert.equal(entries.find(([known]) => known === code)?.[1].class, name, code)
    }
  })
})

describe('AADSTS_HINTS', () => {
  test('has a name and a hint in every row', () => {
    for (const [number, { name, hint }] of AADSTS_HINTS) {
      assert.ok(Number.isSafeInteger(number) && number >= 10_000 && number < 100_000_000, `${number}`)
      assert.match(name, /^[A-Za-z].{5,}[A-Za-z0-9"]$/, `${number}`)
      assert.match(hint, SENTENCE, `${number}`)
      assert.doesNotMatch(hint, SECOND_SENTENCE, `${number}`)
      assert.doesNotMatch(hint, /AADSTS|undefined/, `${number}`)
    }
  })

  test('knows every number of the families that a desktop application meets', () => {
    const numbers = [
      16000, 50001, 50008, 50011, 50012, 50013, 50014, 50020, 50034, 50049, 50050, 50053, 50055, 50056, 50057, 50058,
      50059, 50072, 50074, 50076, 50078, 50079, 50085, 50088, 50089, 50097, 50105, 50107, 50126, 50128, 50129, 50131,
      50132, 50133, 50135, 50140, 50144, 50147, 50155, 50158, 50173, 50180, 50187, 50194, 50196, 50199, 51004, 53000,
      53001, 53002, 53003, 53004, 53011, 54005, 65001, 65002, 65004, 65005, 70000, 70001, 70002, 70003, 70007, 70008,
      70011, 70016, 70018, 70019, 70020, 70043, 80001, 80014, 81004, 81012, 90002, 90006, 90010, 90013, 90014, 90019,
      90020, 90023, 90024, 90033, 90055, 90072, 90090, 90094, 90095, 90100, 90119, 90120, 90121, 90133, 28002, 28003,
      500011, 500133, 501481, 501491, 530002, 530032, 530035, 650052, 650053, 650054, 650055, 650056, 650057, 700005,
      700016, 700025, 700082, 700084, 900144, 900561, 901002, 7000215, 7000218, 7000222, 9001023, 9002313,
    ]
    assert.deepEqual(
      numbers.filter(number => !AADSTS_HINTS.has(number)),
      [],
    )
  })

  const advice: ReadonlyArray<[number, RegExp]> = [
    [65001, /administrator.+acquireTokenInteractive.+device code.+oauth2\/v2\.0\/authorize/],
    [7000218, /allowPublicClient/],
    [70002, /allowPublicClient/],
    [90010, /organizations/],
    [50126, /password again/],
    [50034, /user name again/],
    [50079, /acquireTokenInteractive.+claims/],
    [50076, /acquireTokenInteractive.+claims/],
    [50059, /tenant in the authority/],
    [90133, /tenant in the authority/],
    [90002, /typing error/],
    [700016, /clientId/],
    [80012, /logon hours/],
    [81007, /enable seamless single sign-on/],
  ]
  for (const [number, hint] of advice) {
    test(`advises for ${number} what mends it`, () => assert.match(AADSTS_HINTS.get(number)?.hint ?? '', hint))
  }
})
