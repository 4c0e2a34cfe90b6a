/** Plants each fault that the documents' check looks for in a small tree and sees it reported. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

type Check = (root: string) => { file: string; line: number; message: string }[]
const project = new URL('../../../', import.meta.url)
const load = (name: string): Promise<unknown> => import(new URL(`scripts/${name}`, project).href)
const { checkDiagrams } = (await load('diagrams.mjs')) as { checkDiagrams(root: string): Promise<ReturnType<Check>> }
const { checkDocComments } = (await load('doc-comments.mjs')) as { checkDocComments: Check }
const { checkCode, checkFences, checkLinks, checkPagesInCode, checkPaths, checkReached, checkRoomTable, checkScripts } =
  (await load('markdown.mjs')) as Record<
    | 'checkCode'
    | 'checkFences'
    | 'checkLinks'
    | 'checkPagesInCode'
    | 'checkPaths'
    | 'checkReached'
    | 'checkRoomTable'
    | 'checkScripts',
    Check
  >

const FILES = {
  'package.json':
    '{ "name": "latchkey", "type": "module", "exports": { ".": { "types": "./dist/index.d.ts" } }, "scripts": { "bench:check": "" } }',
  'tsconfig.json':
    '{ "compilerOptions": { "target": "es2022", "module": "nodenext", "types": [] }, "include": ["lib"] }',
  'dist/index.d.ts': 'export declare const answer: number\n',
  'lib/index.ts': "export * from './shapes.js'\nexport * from './throws.js'\n",
  'lib/shapes.ts': `
/** Said. */
export interface Said {
  unsaidMethod(): void
  /** Said. */
  saidMethod(): void
}
export const unsaid = 1
/** Said. */
export interface Fields {
  unsaidField: number
  /** Said. */
  saidField: number
}
/** Said. */
export class Thing {
  unsaidToo(): void {}
  #hidden(): void {}
  private kept(): void {}
  protected inherited(): void {}
  readonly unsaidProperty = 1
  get unsaidAccessor(): number { return 1 }
}
/** Said. */
export type Shape = { kind: 'round'; unsaidWidth: number } | ({ kind: 'square'; unsaidSide(): number } & Said)
/** Said. */
export const Constants = {
  /** Said. */
  said: 1,
  unsaidOne: 2,
  unsaidCall(): void {},
} as const
`,
  'lib/throws.ts': `
class ClientError extends Error { constructor(readonly code: string) { super() } }
/** Has no tag. */
export function one(): void { throw new ClientError('one_failed') }
/**
 * Names another code.
 *
 * @throws {ClientError} other_failed – when it fails.
 */
export function two(): void { throw new ClientError('two_failed') }
/**
 * Says it.
 *
 * @throws {ClientError} three_failed – when it fails.
 */
export const three = (): void => { throw new ClientError('three_failed') }
/** See docs/there.md, not docs/gone.md. What is thrown in a function of its own is that one's business. */
export const four = (): unknown => [].map(() => { throw new ClientError('four_failed') })
/** Has no tag, and rejects. */
export const five = (): Promise<void> => Promise.reject(new ClientError('five_failed'))
const failed = (): ClientError => new ClientError('six_failed')
/** Has no tag, and throws what another function makes. */
export function six(): void { throw failed() }
/** Passes on what another function threw. */
export function seven(): void { try { six() } catch (error) { throw error } }
`,
  'README.md': `# The house

[good](docs/there.md#a-heading-of-it) [also](https://example.org/nowhere) \`[no link](at-all)\`
[gone](docs/gone.md)
[moved](docs/there.md#another)
\`lib/index.ts\` and \`lib/gone.ts\`

\`\`\`ts
import { answer } from 'latchkey'
const wrong: string = answer
\`\`\`
`,
  'docs/there.md':
    '## A heading, of `it`\n\n```ts\nimport { answer } from "latchkey"\nanswer.toFixed(2)\n```\n\n[on](deep/linked.md)\n',
  'docs/deep/linked.md': `[titled](gone.md "A title") <img src="gone.png"> <a class="b" href="../there.md#nothing">
[far]: nowhere.md
[there]: <../there.md>
[by name][There] [by another][unheard] [There][] [Unheard][] [single](gone.md 'A title') [angle](<gone.md>) \`a[0][1]\`

\`\`\`js
const fine = await import('node:fs')
\`\`\`

\`\`\`js
const = 1
\`\`\`

\`\`\`json
{ "fine": true }
\`\`\`

\`\`\`json
{ wrong }
\`\`\`

\`\`\`typescript
const unchecked: string = 1
\`\`\`

  \`\`\`ts
  const indented: string = 1
  \`\`\`

~~~ts
const tilded: string = 1
~~~

\`\`\`mermaid
flowchart TD
  a{is it so?} -- yes --> b
\`\`\`

\`\`\`mermaid
sequenceDiagram
  A->>>B
\`\`\`

\`\`\`mermaid
flowchart TD
  a --> [[[ b
\`\`\`
`,
  'docs/orphan.md': 'Nobody comes here by `npm run bench` or `npm run bench:check`.\n',
  'ARCHITECTURE.md': '| `errors` | what goes wrong | error-codes |\n| `token` | all of it | cache |\n',
}

describe('the check of the documents', () => {
  let root = ''
  const found = (check: Check): string[] => check(root).map(({ file, line, message }) => `${file}:${line}: ${message}`)

  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'latchkey-docs-'))
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      writeFileSync(path.join(root, name), text)
    }
    symlinkSync(fileURLToPath(new URL('node_modules', project)), path.join(root, 'node_modules'))
  })
  after(() => rmSync(root, { recursive: true }))

  test('reports what is public and has no comment, and errors that no @throws names', () => {
    assert.deepEqual(found(checkDocComments), [
      'lib/shapes.ts:4: Said.unsaidMethod is public and has no doc comment',
      'lib/shapes.ts:8: unsaid is public and has no doc comment',
      'lib/shapes.ts:11: Fields.unsaidField is public and has no doc comment',
      'lib/shapes.ts:17: Thing.unsaidToo is public and has no doc comment',
      'lib/shapes.ts:21: Thing.unsaidProperty is public and has no doc comment',
      'lib/shapes.ts:22: Thing.unsaidAccessor is public and has no doc comment',
      'lib/shapes.ts:25: Shape.unsaidWidth is public and has no doc comment',
      'lib/shapes.ts:25: Shape.unsaidSide is public and has no doc comment',
      'lib/shapes.ts:30: Constants.unsaidOne is public and has no doc comment',
      'lib/shapes.ts:31: Constants.unsaidCall is public and has no doc comment',
      'lib/throws.ts:4: one throws a ClientError and its doc comment has no @throws',
      'lib/throws.ts:10: two throws two_failed, which no @throws of it names',
      'lib/throws.ts:20: five throws a ClientError and its doc comment has no @throws',
      'lib/throws.ts:23: six throws a ClientError and its doc comment has no @throws',
    ])
  })

  test('reports links to files and headings that do not exist', () => {
    assert.deepEqual(found(checkLinks), [
      'README.md:4: links to docs/gone.md, which does not exist',
      'README.md:5: links to #another, which is no heading of docs/there.md',
      'docs/deep/linked.md:1: links to gone.md, which does not exist',
      'docs/deep/linked.md:1: links to gone.png, which does not exist',
      'docs/deep/linked.md:1: links to #nothing, which is no heading of docs/there.md',
      'docs/deep/linked.md:2: links to nowhere.md, which does not exist',
      'docs/deep/linked.md:4: links to gone.md, which does not exist',
      'docs/deep/linked.md:4: links to gone.md, which does not exist',
      'docs/deep/linked.md:4: links to [unheard], which is defined nowhere in it',
      'docs/deep/linked.md:4: links to [unheard], which is defined nowhere in it',
    ])
  })

  test('reports pages that nobody comes to, and pages that only code names', () => {
    assert.deepEqual(found(checkReached), [
      'docs/orphan.md:1: is not linked to, neither in the README nor in a page that is',
    ])
    assert.deepEqual(found(checkPagesInCode), ['lib/throws.ts:17: names docs/gone.md, which does not exist'])
  })

  test('reports code that nothing would compile, and JavaScript and JSON that are none', () => {
    const reports = found(checkFences).map(line => line.replace(/, at the start of.*|(?<=is no JSON):.*/, ''))
    assert.deepEqual(reports, [
      'docs/deep/linked.md:22: opens code with ```typescript',
      'docs/deep/linked.md:26: opens code with ```ts',
      'docs/deep/linked.md:30: opens code with ~~~ts',
      'docs/deep/linked.md:11: is no JavaScript: Variable declaration expected.',
      'docs/deep/linked.md:19: is no JSON',
    ])
  })

  test('reports diagrams that Mermaid would not draw', async () => {
    const reports = (await checkDiagrams(root)).map(
      ({ file, line, message }) => `${file}:${line}: ${message.slice(0, 21)}`,
    )
    assert.deepEqual(reports, [
      'docs/deep/linked.md:40: is no Mermaid diagram',
      'docs/deep/linked.md:45: is no Mermaid diagram',
    ])
  })

  test('reports files that are named and do not exist', () => {
    assert.deepEqual(found(checkPaths), ['README.md:6: names lib/gone.ts, which does not exist'])
  })

  test('reports commands that npm would not know', () => {
    assert.deepEqual(found(checkScripts), ['docs/orphan.md:1: names npm run bench, which package.json does not have'])
  })

  test('reports code that does not compile against the package', () => {
    assert.deepEqual(found(checkCode), [
      "README.md:10: does not compile: Type 'number' is not assignable to type 'string'.",
    ])
  })

  test('reports a room whose row is missing or says something else', () => {
    const rooms = found(checkRoomTable)
    assert.ok(
      rooms.includes(
        'ARCHITECTURE.md:2: the room token may import: authority, request, http, logger, errors (scripts/rooms.mjs)',
      ),
    )
    assert.ok(rooms.includes('ARCHITECTURE.md:1: the room emulator may import: nothing (scripts/rooms.mjs)'))
    assert.ok(!rooms.some(line => line.includes('the room errors ')))
  })
})
