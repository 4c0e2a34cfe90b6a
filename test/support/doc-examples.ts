/** Runs the examples of documents as a user would: each as a program of its own, with the emulator as its tenant. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { emulate } from '../emulator/support.js'
import { runAttended } from './attended-program.js'

const project = new URL('../../', import.meta.url)
const signInBrowser = fileURLToPath(new URL('../unit/house/programs/sign-in-browser.js', import.meta.url))
const { codeBlocks } = (await import(new URL('scripts/markdown.mjs', project).href)) as {
  codeBlocks(text: string): { line: number; name?: string; code: string }[]
}

/** Where the documents are, and a folder whose programs find latchkey by its name. */
export interface ExamplePlace {
  readonly documents: URL
  readonly folder: string
}

const CHECKOUT: ExamplePlace = { documents: project, folder: fileURLToPath(new URL('dist-test/', project)) }

/**
 * Makes a test of each example. Those that have a name are imported by the others.
 *
 * @param printed what each example of a document prints, in the order of the document.
 * @param further by document: variables of the environment besides those of the tenant.
 * @param where whose documents and package these are. Default: those of this checkout.
 */
export async function runExamples(
  printed: Record<string, RegExp[]>,
  further: Record<string, NodeJS.ProcessEnv> = {},
  where = CHECKOUT,
): Promise<void> {
  const { run, folder } = await startPlace(where)
  for (const [document, expectations] of Object.entries(printed)) {
    const blocks = codeBlocks(readFileSync(new URL(document, where.documents), 'utf8'))
    const programs = blocks.filter(({ name }) => name === undefined)
    const place = path.join(folder, document.replaceAll('/', '-'))

    test(`${document} has ${expectations.length} examples, and each of them is run`, () => {
      assert.equal(programs.length, expectations.length)
      mkdirSync(place)
      for (const { name, line, code } of blocks) {
        const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
        writeFileSync(path.join(place, name === undefined ? `${line}.js` : name.replace(/ts$/, 'js')), outputText)
      }
    })

    for (const [index, expected] of expectations.entries()) {
      const line = programs[index]?.line
      test(`${document}:${line} prints ${expected.source}`, {
        skip: process.platform === 'win32' && 'not demanded: $BROWSER is not used on Windows',
      }, async () => {
        const { code, output } = await run(path.join(place, `${line}.js`), further[document])
        assert.match(output, expected)
        assert.equal(code, 0, output)
      })
    }
  }
}

/** A tenant, and a folder whose programs know it. */
async function startPlace(where: ExamplePlace) {
  const { tenant, user, password, browser } = await emulate({ scenario: { pollIntervalSeconds: 1 } })
  const alice = user('alice')
  const folder = mkdtempSync(path.join(where.folder, 'examples-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const caFile = path.join(folder, 'ca.pem')
  writeFileSync(caFile, tenant.caPem)
  const { refresh_token: refreshToken } = (await password('alice', { scope: 'User.Read offline_access openid' })).json

  const ENV: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: caFile,
    LATCHKEY_CLIENT_ID: tenant.clientId,
    LATCHKEY_AUTHORITY: tenant.authority,
    LATCHKEY_KNOWN_AUTHORITY: new URL(tenant.authority).host,
    LATCHKEY_USERNAME: alice.username,
    LATCHKEY_PASSWORD: alice.password,
    // Whoever runs the tests may have a ticket.
    KRB5CCNAME: 'MEMORY:nobody',
    KRB5_CLIENT_KTNAME: 'FILE:/nonexistent',
    LATCHKEY_REFRESH_TOKEN: String(refreshToken),
    XDG_DATA_HOME: folder,
    // Nor are the keys of examples to end in their keyring.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    BROWSER: `${process.execPath} ${signInBrowser} %s`,
    SIGN_IN_USERNAME: alice.username,
    SIGN_IN_PASSWORD: alice.password,
  }

  const run = (file: string, further: NodeJS.ProcessEnv = {}) =>
    runAttended([process.execPath, file], { env: { ...ENV, ...further } }, { user: alice, browser })

  return { run, folder }
}
