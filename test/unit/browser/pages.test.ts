/** The pages of the loopback: what they say, that nothing untrusted is markup, and what their headers allow. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { APP_PAGE_HEADERS, failurePage, PAGE_HEADERS, successPage, undecidedPage } from '#lib/browser/pages.js'

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

/** What a reader sees: no tags, entities decoded, one space between words. */
function text(page: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return page
    .replace(/^.*<\/head>/s, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&([a-z0-9#]+);/g, (_, name: string) => entities[name] ?? assert.fail(`unknown &${name};`))
    .replace(/\s+/g, ' ')
}

const failure = { error: 'access_denied', description: 'AADSTS65004: User declined.\r\nTrace ID: 1', appName: 'Mail' }

describe('our own pages', () => {
  test('success says to which app, and that the window may be closed', () => {
    assert.match(text(successPage({ appName: 'Mail' })), /You are signed in to Mail\. You may close this window\./)
    assert.match(text(successPage({})), /You are signed in\. You may close this window\./)
  })

  test('failure says what happened, the error code, and where to try again', () => {
    const shown = text(failurePage(failure))
    assert.match(shown, /You are not signed in\. Go back to Mail and try again\./)
    assert.match(shown, /AADSTS65004: User declined\. Trace ID: 1/)
    assert.match(shown, /Error code: access_denied/)
    assert.match(text(failurePage({ error: 'e', description: '' })), /Go back to the app and try again\. Error code: e/)
  })

  test('an end that is not known yet is promised to nobody', () => {
    const shown = text(undecidedPage({ appName: 'Mail' }))
    assert.match(shown, /^ Go back to Mail to see whether you are signed in\. You may close this window\. $/)
  })

  test('no string changes the structure of a page', () => {
    const pages = (value: string) => [
      successPage({ appName: value }),
      failurePage({ error: value, description: `-${value}`, appName: value }),
      undecidedPage({ appName: value }),
    ]
    const expected = pages('x').map(skeleton)
    fc.assert(
      fc.property(anyText(0), value => {
        assert.deepEqual(pages(value).map(skeleton), expected)
      }),
    )
    assert.deepEqual(pages(`"'><script>alert(1)</script>`).map(skeleton), expected)
  })

  test('control characters and text-direction overrides are dropped, line ends are kept as lines', () => {
    const page = failurePage({ error: 'a\u001b[31mb', description: 'one\r\n\u202etwo\0\u009b', appName: 'x\u0007y' })
    assert.ok(page.includes('<code>a[31mb</code>'))
    assert.ok(page.includes('<p>one\ntwo</p>'))
    assert.ok(page.includes('<b>xy</b>'))
  })

  test('long values are cut at a whole character and say so', () => {
    const page = failurePage({ error: 'e'.repeat(101), description: '😀'.repeat(5000), appName: 'n'.repeat(1e6) })
    assert.ok(page.includes(`<code>${'e'.repeat(100)}…</code>`))
    assert.ok(page.includes(`<p>${'😀'.repeat(1000)}…</p>`))
    assert.ok(page.includes(`<b>${'n'.repeat(100)}…</b>`))
    assert.ok(failurePage({ error: 'e'.repeat(100), description: '' }).includes(`<code>${'e'.repeat(100)}</code>`))
  })
})

describe("the app's own HTML", () => {
  test('replaces the success page as it is, braces and all', () => {
    assert.equal(successPage({ appName: 'Mail', message: '<p>Done {0} {{</p>' }), '<p>Done {0} {{</p>')
  })

  test('has {0} and {1} filled in, as often as they occur', () => {
    const page = failurePage({ ...failure, description: 'no', message: '{0}: {1} ({0})' })
    assert.equal(page, 'access_denied: no (access_denied)')
  })

  test('gets its values escaped', () => {
    const page = failurePage({ error: '<i>', description: `"'&`, message: '<a title="{1}">{0}</a>' })
    assert.equal(page, '<a title="&quot;&#39;&amp;">&lt;i&gt;</a>')
  })

  test('has every other brace left alone, those of a style sheet too', () => {
    const style = '<style>@media (width < 9em){p{color:red}}</style>'
    const page = failurePage({ ...failure, message: `${style}{{0}} {2} { } b{c} {00} {-1} {{ }}` })
    assert.equal(page, `${style}{access_denied} {2} { } b{c} {00} {-1} {{ }}`)
  })

  test('never has a value read again as a format or as a replacement pattern', () => {
    const page = failurePage({ error: '{1}{{', description: "$&$1$'", message: '{0}|{1}' })
    assert.equal(page, '{1}{{|$&amp;$1$&#39;')
  })
})

describe('headers', () => {
  const policy = (headers: Record<string, string>) => headers['Content-Security-Policy'] ?? ''

  test('every page is utf-8, stored nowhere, sniffed by nobody and sends no referrer', () => {
    for (const headers of [PAGE_HEADERS, APP_PAGE_HEADERS]) {
      assert.equal(headers['Content-Type'], 'text/html; charset=utf-8')
      assert.equal(headers['Cache-Control'], 'no-store')
      assert.equal(headers['Referrer-Policy'], 'no-referrer')
      assert.equal(headers['X-Content-Type-Options'], 'nosniff')
      assert.match(policy(headers), /^default-src 'none';/)
      assert.match(policy(headers), /; frame-ancestors 'none'; base-uri 'none'; form-action 'none'$/)
      assert.doesNotMatch(policy(headers), /script/)
    }
  })

  test('our pages may use their own stylesheet and nothing else', () => {
    for (const page of [successPage({}), failurePage(failure), undecidedPage({})]) {
      const [, style] = page.match(/<style>([^<]*)<\/style>/) ?? []
      const hash = createHash('sha256').update(`${style}`).digest('base64')
      assert.ok(policy(PAGE_HEADERS).includes(`; style-src 'sha256-${hash}';`))
      assert.doesNotMatch(page, /<script|\s(style|on[a-z]+|src|href)=/)
    }
    assert.doesNotMatch(policy(PAGE_HEADERS), /unsafe|img-src/)
  })

  test("the app's HTML may bring styles and pictures, but nothing that runs", () => {
    assert.match(policy(APP_PAGE_HEADERS), /; style-src 'unsafe-inline'; img-src data: https:;/)
  })
})
