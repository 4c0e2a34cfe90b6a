/** The signature in an assertion, verified by xmlsec1: a program that knows nothing of the emulator. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { emulate } from './support.js'
import { askByPassword, assertionIn } from './wstrust-support.js'

const emulation = await emulate({
  users: [{ username: 'kim@contoso.com', kind: 'federated', password: 'x' }],
  scenario: { assertionClaims: { set: { department: `R&D <"Zoë's">\r\n\t日本 😀` } } },
})
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-signature-'))
after(() => rmSync(folder, { recursive: true }))

const VERSIONS = [
  { name: '1.1', id: 'AssertionID', namespace: 'urn:oasis:names:tc:SAML:1.0:assertion' },
  { name: '2.0', id: 'ID', namespace: 'urn:oasis:names:tc:SAML:2.0:assertion' },
]

for (const { name, id, namespace } of VERSIONS) {
  test(`xmlsec1 verifies the SAML ${name} assertion as the answer carries it, and no other`, async () => {
    const assertion = assertionIn(await askByPassword(emulation, { tokenType: namespace }))
    const certificate = /<ds:X509Certificate>([^<]*)</.exec(assertion)?.[1] ?? ''
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`
    const certificateFile = path.join(folder, `${name}.pem`)
    writeFileSync(certificateFile, pem)
    const verify = (text: string) => {
      const file = path.join(folder, `${name}.xml`)
      writeFileSync(file, text)
      const args = ['--verify', '--pubkey-cert-pem', certificateFile, `--id-attr:${id}`, `${namespace}:Assertion`, file]
      return spawnSync('xmlsec1', args, { encoding: 'utf8' })
    }
    const good = verify(assertion)
    assert.equal(good.status, 0, good.stderr)
    assert.match(good.stderr + good.stdout, /^OK$/m)
    assert.equal(verify(`<x:Envelope xmlns:x="urn:x">${assertion}</x:Envelope>`).status, 0, 'inside of an answer')
    assert.notEqual(verify(assertion.replace('Zoë', 'Zoe')).status, 0)
    assert.notEqual(verify(assertion.replace('NotOnOrAfter="2', 'NotOnOrAfter="3')).status, 0)
  })
}
