/** The user name in what the system says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { userNameOf } from '#lib/wstrust/principal.js'

const TABLE: [string, string][] = [
  ['joe@contoso.com', 'joe@contoso.com'],
  [' joe@CONTOSO.TEST\n', 'joe@CONTOSO.TEST'],
  ['joe\\@contoso.com@CONTOSO.LOCAL', 'joe@contoso.com'],
  ['joe/admin@CONTOSO.TEST', 'joe/admin@CONTOSO.TEST'],
  ['o\\/neil@CONTOSO.TEST', 'o/neil@CONTOSO.TEST'],
  ['', ''],
]
for (const [principal, expected] of TABLE) {
  test(`${JSON.stringify(principal)} is ${JSON.stringify(expected)}`, () =>
    assert.equal(userNameOf(principal), expected))
}
