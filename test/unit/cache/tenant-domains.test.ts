/** The domain of a tenant and its ID, kept in a section that is nobody else's. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findTenantId, withTenantId } from '#lib/cache/tenant-domains.js'
import { ALICE, BOB, contentsOf, inPublicCloud, store, TENANT, tokensOf } from './support.js'

const ENVIRONMENT = 'login.windows.net'
const SECTION = 'latchkey.TenantDomains'
const OTHER = '00000000-0000-4000-8000-00000000000b'

describe('the tenant of a domain', () => {
  test('is saved with the tokens, is there after a restart, and survives sections of others', async () => {
    const made = store({ contents: { Future: { a: '1' } } })
    await made.update(edit => edit.saveTokens(tokensOf(ALICE, { tenantDomain: 'contoso.example' })))
    const contents = contentsOf(made)
    assert.deepEqual(contents[SECTION], { 'login.windows.net/contoso.example': TENANT })
    assert.deepEqual(contents.Future, { a: '1' })
    const next = store({ contents })
    const find = (domain: string) => next.read(view => view.findTenantId(ENVIRONMENT, domain))
    assert.equal(find('contoso.example'), TENANT)
    assert.equal(find('fabrikam.example'), undefined)
    await next.update(edit => edit.saveTokens(tokensOf(BOB)))
    await next.update(edit => edit.removeAccount({ homeAccountId: ALICE, ...inPublicCloud }))
    assert.deepEqual(contentsOf(next)[SECTION], contents[SECTION])
  })

  test('is told apart by the cloud, and may become another', () => {
    const told = withTenantId(new Map(), ENVIRONMENT, 'contoso.example', TENANT)
    assert.equal(findTenantId(told, 'login.partner.microsoftonline.cn', 'contoso.example'), undefined)
    const moved = withTenantId(told, ENVIRONMENT, 'contoso.example', OTHER)
    assert.equal(findTenantId(moved, ENVIRONMENT, 'contoso.example'), OTHER)
    assert.equal(findTenantId(told, ENVIRONMENT, 'contoso.example'), TENANT, 'what others look at stays')
    assert.equal(withTenantId(moved, ENVIRONMENT, 'contoso.example', OTHER), moved)
  })

  test('is forgotten when a hundred others have come after it', () => {
    let sections: ReadonlyMap<string, unknown> = new Map()
    for (let i = 0; i <= 100; i++) sections = withTenantId(sections, ENVIRONMENT, `${i}.example`, TENANT)
    assert.equal(findTenantId(sections, ENVIRONMENT, '0.example'), undefined)
    assert.equal(findTenantId(sections, ENVIRONMENT, '1.example'), TENANT)
    assert.equal(findTenantId(sections, ENVIRONMENT, '100.example'), TENANT)
  })

  test('is not looked for in a section that somebody has spoilt, which the next answer mends', () => {
    for (const spoilt of [null, 5, 'x', [], { 'login.windows.net/contoso.example': 5 }]) {
      const sections = new Map<string, unknown>([[SECTION, spoilt]])
      assert.equal(findTenantId(sections, ENVIRONMENT, 'contoso.example'), undefined)
      const mended = withTenantId(sections, ENVIRONMENT, 'contoso.example', TENANT)
      assert.equal(findTenantId(mended, ENVIRONMENT, 'contoso.example'), TENANT)
    }
    assert.equal(findTenantId(new Map([[SECTION, {}]]), '__proto__', 'x'), undefined)
  })
})
