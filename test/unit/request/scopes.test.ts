/** Scope lists: what a caller may pass, what goes on the wire, and when two lists are the same. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { scopesKey, scopesToSend, splitScopes, validScopes } from '#lib/request/scopes.js'

/** scope-token of RFC 6749 § 3.3, written independently of the library. */
const scopeToken = fc
  .string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 30,
  })
  .filter(text => !/["\\]/.test(text))

describe('the scopes of a caller', () => {
  test('keep their order and spelling, without repetitions in any case', () => {
    assert.deepEqual(validScopes(['User.Read', 'https://api.example/.default', 'user.read', 'Mail.Read']), [
      'User.Read',
      'https://api.example/.default',
      'Mail.Read',
    ])
  })

  test('are copied and frozen, and the list of the caller stays as it is', () => {
    const given = Object.freeze(['a', 'A'])
    const valid = validScopes(given)
    assert.equal(Object.isFrozen(valid), true)
    assert.deepEqual([valid, given], [['a'], ['a', 'A']])
  })

  test('must be at least one, and may be as many as 200', () => {
    assert.throws(() => validScopes([]), { code: 'empty_scopes' })
    const many = Array.from({ length: 200 }, (_, index) => `s${index}`.padEnd(512, 'x'))
    assert.deepEqual(validScopes(many), many)
  })

  const BAD: ReadonlyArray<[string, unknown]> = [
    ['a text', 'User.Read'],
    ['nothing', undefined],
    ['null', null],
    ['a set', new Set(['User.Read'])],
    ['an object', { 0: 'User.Read', length: 1 }],
    ['an empty scope', ['User.Read', '']],
    ['two scopes in one', ['User.Read Mail.Read']],
    ['a line break', ['User.Read\n']],
    ['a quotation mark', ['"User.Read"']],
    ['a backslash', ['User\\Read']],
    ['letters beyond ASCII', ['Üser.Read']],
    ['a number', ['User.Read', 5]],
    ['a hole', Array(1)],
    ['a scope that is too long', ['x'.repeat(513)]],
    ['too many', Array.from({ length: 201 }, (_, index) => `s${index}`)],
  ]
  for (const [name, scopes] of BAD) {
    test(`are refused with ${name}, naming the field`, () => {
      assert.throws(() => validScopes(scopes, 'extraScopesToConsent'), {
        code: 'invalid_request',
        message: /^extraScopesToConsent /,
      })
    })
  }

  test('are any that the grammar allows', () => {
    fc.assert(
      fc.property(fc.array(scopeToken, { minLength: 1, maxLength: 20 }), scopes => {
        const valid = validScopes(scopes)
        assert.equal(scopesKey(valid), scopesKey([...new Set(scopes.map(scope => scope.toLowerCase()))]))
      }),
    )
  })
})

describe('the scopes on the wire', () => {
  test('are those of all lists and the three that name the user and allow renewal', () => {
    assert.equal(scopesToSend(['User.Read'], ['Mail.Read']), 'User.Read Mail.Read openid profile offline_access')
  })

  test('name each scope once, in the spelling that came first', () => {
    assert.equal(
      scopesToSend(['OpenID', 'user.read'], ['User.Read', 'email']),
      'OpenID user.read email profile offline_access',
    )
  })

  test('come apart as they were put together', () => {
    fc.assert(
      fc.property(fc.uniqueArray(scopeToken, { maxLength: 20, selector: scope => scope.toLowerCase() }), scopes => {
        const sent = splitScopes(scopesToSend(scopes))
        assert.deepEqual(sent.slice(0, scopes.length), scopes)
        const added = sent.slice(scopes.length)
        assert.ok(added.every(scope => ['openid', 'profile', 'offline_access'].includes(scope)))
      }),
    )
  })

  test('of an answer may have any spaces around them', () => {
    assert.deepEqual(splitScopes('  a   b '), ['a', 'b'])
    assert.deepEqual(splitScopes(''), [])
  })
})

describe('comparing scopes', () => {
  test('neither order nor case makes a difference, another scope does', () => {
    assert.equal(scopesKey(['B', 'a']), scopesKey(['A', 'b']))
    assert.notEqual(scopesKey(['a', 'b']), scopesKey(['a']))
    const given = Object.freeze(['b', 'a'])
    assert.equal(scopesKey(given), 'a b')
  })
})
