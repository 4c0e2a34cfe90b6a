/** A browser that fills in whatever forms a foreign provider shows, and stops where there is none. */
import assert from 'node:assert/strict'
import { Agent, request } from 'undici'

const MAX_STEPS = 20

/** Follows pages from `start`, submitting each one's form with its answers by field; cookies are kept while it lasts. */
export async function submitForms(
  start: URL,
  answers: (html: string) => Record<string, string>,
  caPem: string,
): Promise<string> {
  const cookies = new Map<string, string>()
  const agent = new Agent({ connect: { ca: caPem } })
  let url = start
  let body: string | undefined
  try {
    for (let step = 0; step < MAX_STEPS; step++) {
      const {
        statusCode,
        headers,
        body: answer,
      } = await request(url, {
        method: body === undefined ? 'GET' : 'POST',
        body: body ?? null,
        dispatcher: agent,
        headers: {
          cookie: [...cookies].map(pair => pair.join('=')).join('; '),
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      })
      const html = await answer.text()
      for (const line of [headers['set-cookie'] ?? []].flat()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        cookies.set(name, value)
      }
      if (headers.location !== undefined) {
        url = new URL(String(headers.location), url)
        body = undefined
        continue
      }
      assert.ok(statusCode < 400, `${url.pathname} answered ${statusCode}: ${html.slice(0, 500)}`)
      const form = /<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/s.exec(html)
      if (url.protocol !== 'https:' || form === null) return html
      url = new URL((form[1] ?? '').replaceAll('&amp;', '&'), url)
      body = new URLSearchParams(fieldsOf(form[2] ?? '', answers(html))).toString()
    }
    return assert.fail(`no end of pages at ${url.href}`)
  } finally {
    await agent.destroy()
  }
}

function fieldsOf(form: string, answers: Record<string, string>): Record<string, string> {
  // The first button is the one that goes on.
  const button = /<button[^>]*>/.exec(form)?.[0]
  const inputs = [...(form.match(/<input[^>]*>/g) ?? []), ...(button === undefined ? [] : [button])].map(input => ({
    name: /name="([^"]*)"/.exec(input)?.[1] ?? '',
    value: /value="([^"]*)"/.exec(input)?.[1] ?? '',
  }))
  return Object.fromEntries(
    inputs.filter(({ name }) => name !== '').map(({ name, value }) => [name, answers[name] ?? value]),
  )
}
