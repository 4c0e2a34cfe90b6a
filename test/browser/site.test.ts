/** The site that `npm run docs` makes: every diagram is drawn, and every page fits a screen and a telephone. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { temporaryFolder } from '../support/machine.js'
import { startChromium } from './support.js'

const project = new URL('../../', import.meta.url)
const { runTypedoc } = (await import(new URL('scripts/site.mjs', project).href)) as {
  runTypedoc(root: string, ...more: string[]): string
}
const site = await temporaryFolder({ after })
assert.equal(runTypedoc(fileURLToPath(project), '--out', site), '')
const openDesk = await startChromium()

const pages = (folder: string): string[] => readdirSync(path.join(site, folder)).map(name => path.join(folder, name))
const PAGES = ['index.html', ...['documents', 'classes', 'modules'].flatMap(pages)]
const diagramsOf = (page: string): number =>
  readFileSync(path.join(site, page), 'utf8').split('<code class="mermaid">').length - 1

for (const width of [1280, 390]) {
  test(`at ${width} pixels no page is wider than the screen, and each diagram is drawn`, async t => {
    const { page, picture, complaints } = await openDesk(t, { viewport: { width, height: 900 } })
    let drawn = 0
    for (const name of PAGES) {
      await page.goto(pathToFileURL(path.join(site, name)).href)
      await page.locator('body').waitFor()
      const diagrams = diagramsOf(name)
      await page.locator('figure.diagram svg').nth(diagrams).waitFor({ state: 'detached' })
      if (diagrams > 0)
        await page
          .locator('figure.diagram svg')
          .nth(diagrams - 1)
          .waitFor()
      drawn += diagrams
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      assert.equal(tooWide, 0, `${name} is ${tooWide} pixels too wide`)
      if (name === 'index.html' || diagrams > 0) await picture(`site-${path.basename(name, '.html')}-${width}`)
    }
    assert.ok(drawn >= 3, `${drawn} diagrams`)
    // typedoc draws its icons in another way where a page is a file.
    assert.deepEqual(
      complaints.filter(text => !/Unsafe attempt to load URL file:\S+\/icons\.svg/.test(text)),
      [],
    )
  })
}

test('modules are called what users import', async () => {
  const text = readFileSync(path.join(site, 'modules/latchkey_redis.html'), 'utf8')
  assert.match(text, /<h1>Module latchkey\/redis/)
})
