/** What the scripted browser reads of a page, and what it refuses to read. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parsePage } from '#lib/cli/demo/html-page.js'

describe('parsePage', () => {
  test('reads title, alert, fields and buttons', () => {
    const page = parsePage(`<!doctype html><html><title> Sign
      in &amp; go </title>
      <p role="alert">Wrong <b>password</b></p>
      <input name="outside"><form action="/login?a=1&amp;b=2" method=POST>
        <input type=hidden name='canary' value='a"b'><input/><input name="empty" required>
        <input name="KMSI" type="checkbox" value="true">
        <button>Sign in</button><button name="cancel" value="1" formnovalidate><b>Can</b>cel</button>
      </form><input name="after">`)
    assert.deepEqual(page, {
      title: 'Sign in & go',
      alert: 'Wrong password',
      form: {
        action: '/login?a=1&b=2',
        method: 'post',
        fields: [
          { name: 'canary', value: 'a"b' },
          { name: 'empty', value: '' },
        ],
        buttons: [
          { name: '', value: '', text: 'Sign in' },
          { name: 'cancel', value: '1', text: 'Can cel' },
        ],
      },
    })
  })

  test('takes the first title, alert and form, and the first of two attributes', () => {
    const page = parsePage(
      '<title>a</title><title>b</title><i role=alert>c</i><i role=alert>d</i><form action=1 action=2></form><form action=3>',
    )
    assert.deepEqual([page.title, page.alert, page.form?.action], ['a', 'c', '1'])
  })

  test('sees no markup in comments, scripts and styles', () => {
    const page = parsePage(
      '<!-- <title>x</title> --><style>a > b { content: "<title>y</title>" }</style><script>"<form>" < 1</script><title>z</title>',
    )
    assert.deepEqual(page, { title: 'z', alert: '', form: undefined })
  })

  test('decodes character references once, and leaves unknown ones', () => {
    const page = parsePage('<title>&lt;&#39;&#x1F511;&amp;lt;&bogus;&#9999999;&</title>')
    assert.equal(page.title, "<'🔑&lt;&bogus;&#9999999;&")
  })

  test('keeps control characters out of what is shown, and bounds it', () => {
    assert.equal(parsePage('<title>a&#27;[31m\u0007b</title>').title, 'a [31m b')
    assert.equal(parsePage(`<title>${'x'.repeat(1000)}</title>`).title.length, 300)
  })

  test('refuses tags, attributes and comments without an end', () => {
    for (const html of ['<', '< p>', '<p', '<p a="', '<p a=">', '<!-- ', '<script>', '<!doctype', '</']) {
      assert.throws(() => parsePage(`ok${html}`), /not well-formed at character [0-9]+$/, html)
    }
  })
})
