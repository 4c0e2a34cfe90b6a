/** The emulator's pages: nothing gets in unescaped, forms carry what they must, headers name what the pages hold. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  accountPickerPage,
  confirmPage,
  consentPage,
  deviceCodePage,
  errorPage,
  FORM_POST_HEADERS,
  formPostPage,
  mfaPage,
  noticePage,
  PAGE_HEADERS,
  profilePage,
  signedOutPage,
  signInPage,
  signUpPage,
} from '#lib/emulator/pages/index.js'

/** Every page with `text` in every place that takes text. */
function everyPage(text: string): Record<string, string> {
  const form = { action: text, hidden: { [`h${text}`]: text } }
  return {
    signIn: signInPage({ form, appName: text, tenantName: text, username: text, error: text, cancelName: text }),
    accountPicker: accountPickerPage({
      form,
      appName: text,
      tenantName: text,
      accounts: [{ username: text, name: text, signedIn: true }],
    }),
    mfa: mfaPage({ form, appName: text, username: text, error: text, codeHint: text }),
    consent: consentPage({
      form,
      appName: text,
      username: text,
      resources: [{ name: text, scopes: [{ name: text, description: text }] }],
    }),
    confirm: confirmPage({ form, appName: text, username: text, userCode: text }),
    deviceCode: deviceCodePage({ form, tenantName: text, userCode: text, error: text }),
    signUp: signUpPage({
      ...{ form, appName: text, tenantName: text, username: text, displayName: text, error: text },
      ...{ cancelName: text, hasAccountName: text },
    }),
    profile: profilePage({
      ...{ form, appName: text, username: text, displayName: text, givenName: text, surname: text, error: text },
      cancelName: text,
    }),
    notice: noticePage({ tenantName: text, title: text, message: text }),
    formPost: formPostPage({ action: text, fields: { [`f${text}`]: text } }),
    error: errorPage({ title: text, message: text, details: { [`d${text}`]: text } }),
    signedOut: signedOutPage({ tenantName: text }),
  }
}

/** Any string, with the characters that mean something in HTML as likely as all others together. */
const anyText = (minLength: number) => {
  const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })
  return fc
    .array(fc.oneof(fc.constantFrom(...`&<>"'=/{}$\r\n\0`), character), { minLength, maxLength: 40 })
    .map(all => all.join(''))
}

/** A page without its text and attribute values: what is left may not depend on either. */
function skeleton(page: string): string {
  return page.replace(/"[^"]*"/g, '""').replace(/>[^<>]*</g, '><')
}

/** The tags of one name, in document order. */
function tags(page: string, name: string): string[] {
  return page.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? []
}

function attribute(tag: string | undefined, name: string): string | undefined {
  const value = tag?.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1]
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#13': '\r' }
  return value?.replace(/&([a-z0-9#]+);/g, (_, entity: string) => named[entity] ?? assert.fail(`unknown &${entity};`))
}

const harmless = everyPage('x')
const form = { action: 'https://localhost/contoso/login', hidden: { canary: 'c1', flowToken: 'f1' } }
const signIn = { form, appName: 'Mail', tenantName: 'Contoso', cancelName: 'cancel' }
const signUp = { ...signIn, username: '', displayName: '', hasAccountName: 'has_account' }
const profile = { ...signIn, username: 'mia@contoso.com', displayName: 'Mia', givenName: '', surname: '' }

describe('escaping', () => {
  test('markup in any value stays text on every page', () => {
    const hostile = `</style></title>"'><script>alert(1)</script><img src=x onerror=alert(1)> & ' -->`
    for (const [name, page] of Object.entries(everyPage(hostile))) {
      assert.equal(skeleton(page), skeleton(harmless[name] ?? ''), name)
      assert.ok(!page.includes('<script>alert') && !page.includes('<img'), name)
      assert.ok(page.includes('&lt;script&gt;'), name)
    }
  })

  test('no string at all changes the structure of a page', () => {
    fc.assert(
      fc.property(anyText(1), text => {
        for (const [name, page] of Object.entries(everyPage(text))) {
          assert.equal(skeleton(page), skeleton(harmless[name] ?? ''), name)
        }
      }),
    )
  })

  test('a hidden field comes back as it went in, line ends and control characters included', () => {
    fc.assert(
      fc.property(anyText(0), text => {
        const [input] = tags(formPostPage({ action: 'http://localhost:1/', fields: { state: text } }), 'input')
        assert.equal(attribute(input, 'value'), text.replaceAll('\0', '\ufffd'))
      }),
    )
  })

  test('shown text loses control characters and text-direction overrides', () => {
    const page = errorPage({ title: 't', message: 'a\u0007b\u009bc\u202ed\0e\rf\ng', details: {} })
    assert.ok(page.includes('>abcdef\ng</p>'))
  })
})

describe('forms', () => {
  test('every form posts to its action with its hidden fields', () => {
    const pages = [
      signInPage(signIn),
      accountPickerPage({ ...signIn, accounts: [] }),
      signUpPage(signUp),
      profilePage(profile),
      mfaPage({ ...signIn, username: 'mia@contoso.com' }),
      consentPage({ ...signIn, username: 'mia@contoso.com', resources: [] }),
      formPostPage({ action: form.action, fields: form.hidden }),
    ]
    for (const page of pages) {
      assert.deepEqual(tags(page, 'form'), [`<form method="post" action="${form.action}">`])
      const hidden = tags(page, 'input').filter(input => attribute(input, 'type') === 'hidden')
      assert.deepEqual(
        hidden.map(input => [attribute(input, 'name'), attribute(input, 'value')]),
        Object.entries(form.hidden),
      )
    }
  })

  test('the first button of a form with fields is the primary one, since Enter presses that', () => {
    for (const page of [
      signInPage(signIn),
      mfaPage({ ...signIn, username: 'u' }),
      profilePage(profile),
      signUpPage(signUp),
    ]) {
      const [first, cancel, ...rest] = tags(page, 'button')
      assert.equal(attribute(first, 'class'), 'primary')
      assert.equal(attribute(first, 'name'), undefined)
      assert.equal(attribute(cancel, 'name'), 'cancel')
      assert.equal(attribute(cancel, 'value'), '1')
      assert.match(cancel ?? '', /\sformnovalidate/)
      const names = rest.map(button => attribute(button, 'name'))
      assert.deepEqual(names, page === signUpPage(signUp) ? ['has_account'] : [])
    }
  })

  test('the focus goes to the first thing still to be filled in, and there is one focus a page', () => {
    const focused = (page: string) => (page.match(/<[^>]*\sautofocus[^>]*>/g) ?? []).map(tag => attribute(tag, 'name'))
    assert.deepEqual(focused(signInPage(signIn)), ['loginfmt'])
    assert.deepEqual(focused(signInPage({ ...signIn, username: 'mia@contoso.com' })), ['passwd'])
    assert.deepEqual(focused(signUpPage(signUp)), ['displayName'])
    assert.deepEqual(focused(signUpPage({ ...signUp, displayName: 'M' })), ['email'])
    assert.deepEqual(focused(signUpPage({ ...signUp, displayName: 'M', username: 'm' })), ['newPassword'])
    assert.deepEqual(focused(profilePage(profile)), ['displayName'])
    assert.deepEqual(focused(mfaPage({ ...signIn, username: 'u' })), ['otc'])
    assert.deepEqual(focused(accountPickerPage({ ...signIn, accounts: [] })), ['account'])
    assert.deepEqual(focused(harmless.accountPicker ?? ''), ['account'])
    assert.deepEqual(focused(harmless.consent ?? ''), ['ucaccept'])
  })

  test('a refusal is an alert, and the fields it is about refer to it', () => {
    const page = signInPage({ ...signIn, username: 'u', error: 'Wrong password' })
    assert.match(page, /<p class="alert" id="problem" role="alert">Wrong password<\/p>/)
    const isAsked = (input: string) => !['hidden', 'checkbox'].includes(String(attribute(input, 'type')))
    const asked = tags(page, 'input').filter(isAsked)
    assert.equal(asked.length, 2)
    for (const input of asked) {
      assert.equal(attribute(input, 'aria-invalid'), 'true')
      assert.equal(attribute(input, 'aria-describedby'), 'problem')
    }
    assert.doesNotMatch(signInPage(signIn), /aria-invalid=|aria-describedby|role="alert"/)
  })

  test('a code field is described by its error and its hint, and only by those there are', () => {
    const described = (view: { error?: string; codeHint?: string }) =>
      attribute(tags(mfaPage({ ...signIn, username: 'u', ...view }), 'input').at(-1), 'aria-describedby')
    assert.equal(described({ error: 'e', codeHint: 'h' }), 'problem hint')
    assert.equal(described({ codeHint: 'h' }), 'hint')
    assert.equal(described({}), undefined)
  })

  test('every visible field has a label', () => {
    for (const page of Object.values(harmless)) {
      for (const input of tags(page, 'input').filter(input => attribute(input, 'type') !== 'hidden')) {
        assert.ok(page.includes(`<label for="${attribute(input, 'id')}">`), input)
      }
    }
  })

  test('the account picker offers each account, another one, and cancel', () => {
    const accounts = ['a@contoso.com', 'b@contoso.com'].map(username => ({ username, name: '', signedIn: false }))
    const buttons = tags(accountPickerPage({ ...signIn, accounts }), 'button')
    assert.deepEqual(
      buttons.map(button => [attribute(button, 'name'), attribute(button, 'value')]),
      [
        ['account', 'a@contoso.com'],
        ['account', 'b@contoso.com'],
        ['account', ''],
        ['cancel', '1'],
      ],
    )
  })

  test('the consent page names every scope of every resource and offers yes before no', () => {
    const scope = (name: string) => ({ name, description: `May ${name}` })
    const resources = [
      { name: 'Graph', scopes: [scope('User.Read'), scope('Mail.Read')] },
      { name: 'Expenses', scopes: [scope('access_as_user')] },
    ]
    const page = consentPage({ ...signIn, username: 'mia@contoso.com', resources })
    for (const text of ['Graph', 'User.Read', 'May Mail.Read', 'Expenses', 'access_as_user', 'mia@contoso.com']) {
      assert.ok(page.includes(`>${text}<`), text)
    }
    assert.deepEqual(
      tags(page, 'button').map(button => [attribute(button, 'name'), attribute(button, 'value')]),
      [
        ['ucaccept', 'yes'],
        ['ucaccept', 'no'],
      ],
    )
  })
})

describe('documents and headers', () => {
  const hash = (text: string | undefined) => `'sha256-${createHash('sha256').update(`${text}`).digest('base64')}'`
  const policy = (headers: Record<string, string>) => headers['Content-Security-Policy'] ?? ''

  test('every page is a titled English utf-8 document that says it is an emulator', () => {
    for (const page of Object.values(harmless)) {
      assert.match(page, /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">/)
      assert.match(page, /<title>[^<]+ – latchkey emulator<\/title>/)
      assert.ok(page.includes('<strong>latchkey emulator</strong> – not a real sign-in page'))
    }
  })

  test('the policy names the hash of the one style and the one script, and the pages hold no other', () => {
    for (const [name, page] of Object.entries(harmless)) {
      const headers = name === 'formPost' ? FORM_POST_HEADERS : PAGE_HEADERS
      const styles = [...page.matchAll(/<style>([^<]*)<\/style>/g)].map(match => match[1])
      const scripts = [...page.matchAll(/<script>([^<]*)<\/script>/g)].map(match => match[1])
      assert.equal(styles.length, 1)
      assert.ok(policy(headers).includes(`; style-src ${hash(styles[0])};`))
      assert.equal(scripts.length, name === 'formPost' ? 1 : 0)
      for (const script of scripts) assert.ok(policy(headers).includes(`; script-src ${hash(script)};`))
      assert.doesNotMatch(page, /\s(style|on[a-z]+|src|href)=/)
    }
    assert.doesNotMatch(policy(PAGE_HEADERS), /script-src/)
  })

  test('no policy has form-action, which would block the way back to the loopback, or anything unsafe', () => {
    for (const headers of [PAGE_HEADERS, FORM_POST_HEADERS]) {
      assert.doesNotMatch(policy(headers), /form-action|unsafe|\*/)
      assert.match(policy(headers), /^default-src 'none';/)
      assert.match(policy(headers), /; frame-ancestors 'none'; base-uri 'none'$/)
      assert.equal(headers['Cache-Control'], 'no-store')
      assert.equal(headers['X-Content-Type-Options'], 'nosniff')
      assert.equal(headers['Referrer-Policy'], 'same-origin')
      assert.equal(headers['Content-Type'], 'text/html; charset=utf-8')
    }
  })
})
