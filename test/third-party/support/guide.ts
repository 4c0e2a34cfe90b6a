/** The guides for programs that move here: their code is taken from the Markdown and run, both halves against one tenant. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PublicClientApplication } from 'latchkey'
import type { Tenant, TenantOptions } from 'latchkey/emulator'
import ts from 'typescript'
import { emulate } from '../../emulator/support.js'
import { runAttended } from '../../support/attended-program.js'
import type { BrowserUser } from './browser-user.js'
import type { Guide, Pair } from './guides.js'

const project = new URL('../../../', import.meta.url)
const { codeBlocks } = (await import(new URL('scripts/markdown.mjs', project).href)) as {
  codeBlocks(text: string, language?: string): Block[]
}

/** A block of code; one with a name is a file that the others use. */
export interface Block {
  line: number
  name?: string
  code: string
}

/** Makes what runs the other library's blocks. Resolves with the command for each one that has no name. */
export type Prepare = (blocks: Block[], folder: string) => Promise<(block: Block) => string[]>

/** The two halves of a guide, which must be pairs. */
function halvesOf(guide: Guide): { ours: Block[]; theirs: Block[]; document: string } {
  const document = `docs/moving/${guide.name}.md`
  const text = readFileSync(new URL(document, project), 'utf8')
  return { document, ours: codeBlocks(text), theirs: guide.languages.flatMap(language => codeBlocks(text, language)) }
}

const programs = (blocks: Block[]): Block[] => blocks.filter(({ name }) => name === undefined)

/** Runs each block of ours. Where a guide takes over a cache file, latchkey itself has written one beforehand. */
export async function testOurHalf(guide: Guide): Promise<void> {
  const { ours, theirs, document } = halvesOf(guide)
  const place = await startPlace()
  test(`${document} has ${guide.pairs.length} pairs`, () => {
    assert.equal(programs(ours).length, guide.pairs.length)
    assert.equal(programs(theirs).length, guide.pairs.length * guide.languages.length)
    place.writeOurs(ours)
  })
  for (const [index, pair] of guide.pairs.entries()) {
    const block = programs(ours)[index]
    test(`${document}:${block?.line} here: ${pair.what}`, async () => {
      assert.ok(block)
      if (pair.takesOver !== undefined) await place.keepSignIn(pair.takesOver)
      await place.runOurs(block, pair.ours)
    })
  }
}

/** Runs each block of the other library, and after one that leaves a cache file ours that takes it over. */
export async function testTheirHalf(guide: Guide, prepare: Prepare): Promise<void> {
  const { ours, theirs, document } = halvesOf(guide)
  const place = await startPlace()
  const commandFor = await prepare(theirs, place.folder)
  place.writeOurs(ours)
  for (const [index, pair] of guide.pairs.entries()) {
    const block = programs(theirs)[index]
    const also = pair.takesOver === undefined ? '' : ', and here afterwards'
    test(`${document}:${block?.line} there${also}: ${pair.what}`, async () => {
      const next = programs(ours)[index]
      assert.ok(block && next)
      await place.run(commandFor(block), pair.theirs)
      if (pair.takesOver !== undefined) await place.runOurs(next, pair.ours)
    })
  }
}

/** Runs both halves of the pair about `what`, where its person is known to the system. */
export async function testPairOf(
  guide: Guide,
  what: Pair['what'],
  prepare: Prepare,
  options: PlaceOptions,
): Promise<void> {
  const { ours, theirs, document } = halvesOf(guide)
  const place = await startPlace(options)
  const index = guide.pairs.findIndex(pair => pair.what === what)
  const [there, here] = [programs(theirs)[index], programs(ours)[index]]
  assert.ok(there && here, `${document} has no pair about ${what}`)
  const commandFor = await prepare(theirs, place.folder)
  place.writeOurs(ours)
  const expected = new RegExp(`^signed in as ${place.person.username}$`)
  test(`${document}:${there.line} there, by a ticket: ${what}`, () => place.run(commandFor(there), expected))
  test(`${document}:${here.line} here, by a ticket: ${what}`, () => place.runOurs(here, expected))
}

/** How a place differs from the usual. */
export interface PlaceOptions {
  /** Who sits in front of the browser. Default: alice. */
  who?: string
  tenant?: TenantOptions
  /** Sets the tenant up once it is there. */
  arrange?: (tenant: Tenant) => void
  environment?: NodeJS.ProcessEnv
}

/** A tenant as the public cloud, and a folder that programs run in, with somebody in front of their browser. */
async function startPlace({ who = 'alice', tenant: options, arrange, environment }: PlaceOptions = {}) {
  const { tenant, user, browser } = await emulate({ scenario: { pollIntervalSeconds: 1 }, ...options })
  arrange?.(tenant)
  const person = user(who)
  // In the tree of the package, so that the programs find latchkey and msal-node by their names.
  const folder = mkdtempSync(fileURLToPath(new URL('dist-test/guide-', project)))
  after(() => rmSync(folder, { recursive: true }))
  const caFile = path.join(folder, 'ca.pem')
  writeFileSync(caFile, tenant.caPem)

  // The browser of this desktop: by $BROWSER, and for those who look for it by the name that desktops give it.
  const systemBrowser = fileURLToPath(new URL('../programs/system-browser.js', import.meta.url))
  const opener = path.join(folder, 'bin/xdg-open')
  mkdirSync(path.dirname(opener))
  writeFileSync(opener, `#!/bin/sh\nexec "${process.execPath}" "${systemBrowser}" "$1"\n`)
  chmodSync(opener, 0o700)

  const { PATH = '', TMPDIR, NODE_V8_COVERAGE } = process.env
  const found = Object.entries({ TMPDIR, NODE_V8_COVERAGE }).filter(([, value]) => value !== undefined)
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(found),
    PATH: `${path.dirname(opener)}:${PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    // Without the ampersand Python waits for the browser to end before it listens.
    BROWSER: `${opener} %s &`,
    TEST_BROWSER_USER: JSON.stringify({ ...person, caFile, origin: tenant.origin } satisfies BrowserUser),
    HTTPS_PROXY: tenant.proxyUrl,
    NO_PROXY: 'localhost,127.0.0.1',
    NODE_EXTRA_CA_CERTS: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
    PYTHONUNBUFFERED: '1',
    DOTNET_CLI_TELEMETRY_OPTOUT: '1',
    // Whoever runs the tests may have a ticket, or a keyring.
    KRB5CCNAME: 'MEMORY:nobody',
    KRB5_CLIENT_KTNAME: 'FILE:/nonexistent',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    CLIENT_ID: tenant.clientId,
    USER_NAME: person.username,
    USER_PASSWORD: person.password,
    ...environment,
  }

  const run = async (command: string[], expected: RegExp) => {
    const { code, output } = await runAttended(command, { env, cwd: folder }, { user: person, browser })
    assert.match(output.trim(), expected)
    assert.equal(code, 0, output)
  }
  const scriptOf = ({ name, line }: Block) =>
    path.join(folder, name === undefined ? `${line}.js` : name.replace(/ts$/, 'js'))
  return {
    folder,
    person,
    run,
    runOurs: (block: Block, expected: RegExp) => run([process.execPath, scriptOf(block)], expected),
    writeOurs(blocks: Block[]) {
      for (const block of blocks) {
        const compilerOptions = { target: ts.ScriptTarget.ES2022 }
        writeFileSync(scriptOf(block), ts.transpileModule(block.code, { compilerOptions }).outputText)
      }
    },
    /** Leaves a cache file of a sign-in at `organizations`. */
    async keepSignIn(name: string) {
      await using app = new PublicClientApplication({
        clientId: tenant.clientId,
        authority: 'https://login.microsoftonline.com/organizations',
        http: { proxy: tenant.proxyUrl, ca: tenant.caPem },
      })
      const { username, password } = person
      await app.acquireTokenByUsernamePassword({ scopes: ['User.Read'], username, password })
      writeFileSync(path.join(folder, name), app.tokenCache.serialize())
    },
  }
}
