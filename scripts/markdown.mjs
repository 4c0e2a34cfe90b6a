/** Checks the prose: links lead somewhere, every page is linked to, files that are named exist, the room table is true, code compiles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { MAY_IMPORT } from './rooms.mjs'

const NOT_OURS = new Set([
  'node_modules',
  'build-prebuilds',
  '.git',
  'dist',
  'dist-test',
  'build',
  'coverage',
  'peers',
  'fixtures',
  '.electron',
  'site',
])

/** All Markdown files of the project, relative to `root`. */
export function markdownFiles(root, folder = '') {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const name = path.posix.join(folder, entry.name)
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : markdownFiles(root, name)
    return entry.name.endsWith('.md') ? [name] : []
  })
}

// [words](target "title") and the like, [name]: target, <a href="target">, <img src="target">; a target may be in <>
const LINK =
  /\]\(\s*(?:<([^>]*)>|([^)\s]+))(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*\)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)|<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"/g
// [words][name] and [name][]
const REFERENCE = /\[([^[\]]+)\]\[([^[\]]*)\]/g

/** The links of a file that stay in the project: `{ line, to, anchor, absolute }`. */
function linksOf(root, file) {
  return proseLines(readFileSync(path.join(root, file), 'utf8')).flatMap(({ line, text }) =>
    [...text.matchAll(LINK)]
      .map(found => found.slice(1).find(target => target !== undefined))
      .filter(target => !/^[a-z]+:/i.test(target))
      .map(target => {
        const [to, anchor] = target.split('#')
        return { line, to, anchor, absolute: path.join(root, to === '' ? file : path.join(path.dirname(file), to)) }
      }),
  )
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each link that leads nowhere */
export function checkLinks(root) {
  return markdownFiles(root).flatMap(file => [
    ...linksOf(root, file).flatMap(({ line, to, anchor, absolute }) => {
      if (!existsSync(absolute)) return [{ file, line, message: `links to ${to}, which does not exist` }]
      if (!anchor || !absolute.endsWith('.md') || anchorsOf(readFileSync(absolute, 'utf8')).has(anchor)) return []
      return [{ file, line, message: `links to #${anchor}, which is no heading of ${path.relative(root, absolute)}` }]
    }),
    ...undefinedReferences(root, file),
  ])
}

/** Links by a name, as in [words][name], whose `[name]: target` is nowhere in the file: they are shown as they are written. */
function undefinedReferences(root, file) {
  const lines = proseLines(readFileSync(path.join(root, file), 'utf8'))
  const defined = new Set(lines.flatMap(({ text }) => /^\s*\[([^\]]+)\]:/.exec(text)?.[1].toLowerCase() ?? []))
  return lines.flatMap(({ line, text }) =>
    [...text.matchAll(REFERENCE)]
      .map(([, words, name]) => (name || words).toLowerCase())
      .filter(name => !defined.has(name))
      .map(name => ({ file, line, message: `links to [${name}], which is defined nowhere in it` })),
  )
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each page of docs/ that nobody comes to from the README */
export function checkReached(root) {
  const reached = new Set(['README.md'])
  for (const file of reached) {
    for (const { absolute } of linksOf(root, file)) {
      if (absolute.endsWith('.md') && existsSync(absolute)) reached.add(path.relative(root, absolute))
    }
  }
  return markdownFiles(root)
    .filter(file => file.startsWith('docs/') && !reached.has(file))
    .map(file => ({ file, line: 1, message: 'is not linked to, neither in the README nor in a page that is' }))
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each page that code names and that does not exist */
export function checkPagesInCode(root) {
  const files = readdirSync(path.join(root, 'lib'), { recursive: true }).filter(name => name.endsWith('.ts'))
  return files.flatMap(name => {
    const file = path.posix.join('lib', name)
    return readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .flatMap((text, index) =>
        [...text.matchAll(/\bdocs\/[\w/-]+\.md/g)]
          .filter(([page]) => !existsSync(path.join(root, page)))
          .map(([page]) => ({ file, line: index + 1, message: `names ${page}, which does not exist` })),
      )
  })
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each `file of ours` that does not exist */
export function checkPaths(root) {
  return markdownFiles(root).flatMap(file =>
    proseLines(readFileSync(path.join(root, file), 'utf8')).flatMap(({ line, raw }) =>
      [...raw.matchAll(/`((?:lib|native|scripts|test|docs|bench|examples)\/[\w./-]+)`/g)]
        .filter(([, name]) => !existsSync(path.join(root, name)))
        .map(([, name]) => ({ file, line, message: `names ${name}, which does not exist` })),
    ),
  )
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each `npm run …` that package.json does not have */
export function checkScripts(root) {
  const { scripts = {} } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return markdownFiles(root).flatMap(file =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .flatMap((text, index) =>
        [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)]
          .filter(([, name]) => !Object.hasOwn(scripts, name))
          .map(([command]) => ({
            file,
            line: index + 1,
            message: `names ${command}, which package.json does not have`,
          })),
      ),
  )
}

/** Holds the room table of ARCHITECTURE.md against the one that check-rooms enforces. */
export function checkRoomTable(root) {
  const file = 'ARCHITECTURE.md'
  const rows = new Map()
  for (const { line, raw } of proseLines(readFileSync(path.join(root, file), 'utf8'))) {
    const [, names, may] = /^\| (`[^|]+`) \|[^|]+\| ([^|]+) \|$/.exec(raw) ?? []
    const words = text => [...text.matchAll(/[a-z-]+/g)].map(([word]) => word)
    if (names) for (const room of words(names)) rows.set(room, { line, may: words(may.replace(/\(.*?\)/g, '')) })
  }
  return Object.entries(MAY_IMPORT).flatMap(([room, allowed]) => {
    const { line = 1, may } = rows.get(room) ?? {}
    if (may?.toSorted().join() === allowed.toSorted().join()) return []
    return [
      { file, line, message: `the room ${room} may import: ${allowed.join(', ') || 'nothing'} (scripts/rooms.mjs)` },
    ]
  })
}

/** Lines outside of code blocks, with inline code taken out. */
function proseLines(text) {
  let inCode = false
  return text.split('\n').flatMap((raw, index) => {
    if (/^\s*```/.test(raw)) inCode = !inCode
    return inCode ? [] : [{ line: index + 1, text: raw.replace(/`[^`]*`/g, code => '`'.repeat(code.length)), raw }]
  })
}

// As GitHub makes them from headings.
function anchorsOf(text) {
  const headings = proseLines(text).filter(({ raw }) => /^#{1,6}\s/.test(raw))
  return new Set(
    headings.map(({ raw }) =>
      raw
        .replace(/^#+\s+/, '')
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )
}

/**
 * The code blocks of a file in one language: `{ line, name, code }`, where `line` is that of the first line of code. A block
 * that others of the same file import from has its file name behind the language, as in `ts app.ts`.
 */
export function codeBlocks(text, language = 'ts') {
  const blocks = new RegExp(`^\`\`\`${language}(?: (\\S+\\.\\w+))?\\n(.*?)^\`\`\``, 'gms')
  return [...text.matchAll(blocks)].map(({ index, 1: name, 2: code }) => ({
    line: text.slice(0, index).split('\n').length + 1,
    name,
    code,
  }))
}

// What the other languages' blocks are held against: those of docs/moving are run, sh is in the tests of the command line.
const FENCES = ['ts', 'js', 'json', 'sh', 'bash', 'csharp', 'java', 'python', 'objc', 'swift', 'mermaid', 'text']

/** Code in a language that nothing knows would be checked by nothing; JavaScript and JSON have to be just that. */
export function checkFences(root) {
  return markdownFiles(root).flatMap(file => {
    const text = readFileSync(path.join(root, file), 'utf8')
    const report = (line, message) => ({ file, line, message })
    const opened = text
      .split('\n')
      .flatMap((raw, index) => (/^\s*(?:```|~~~)/.test(raw) ? [{ line: index + 1, raw }] : []))
    const unknown = opened
      .filter((_, index) => index % 2 === 0)
      .filter(({ raw }) => !FENCES.includes(/^```(\w*)/.exec(raw)?.[1]))
      .map(({ line, raw }) =>
        report(
          line,
          `opens code with ${raw.trim()}, at the start of no line or in no language of ${FENCES.join(', ')}`,
        ),
      )
    const scripts = codeBlocks(text, 'js').flatMap(({ line, code }) =>
      ts
        .transpileModule(code, { reportDiagnostics: true, fileName: 'block.js', compilerOptions: { allowJs: true } })
        .diagnostics.slice(0, 1)
        .map(({ messageText }) =>
          report(line, `is no JavaScript: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
        ),
    )
    const data = codeBlocks(text, 'json').flatMap(({ line, code }) => {
      try {
        JSON.parse(code)
        return []
      } catch (error) {
        return [report(line, `is no JSON: ${error.message}`)]
      }
    })
    return [...unknown, ...scripts, ...data]
  })
}

/** Compiles every ```ts block against the built package, imported by its own name as users do. */
export function checkCode(root) {
  const blocks = new Map()
  for (const file of markdownFiles(root)) {
    for (const block of codeBlocks(readFileSync(path.join(root, file), 'utf8'))) {
      const folder = path.join(root, file.replaceAll('/', '-'))
      blocks.set(path.join(folder, block.name ?? `${block.line}.ts`), { ...block, file })
    }
  }
  const options = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
  }
  // The blocks are files in memory only, as if each document were a folder in the root of the package.
  const host = ts.createCompilerHost(options)
  const { directoryExists } = host
  host.directoryExists = name =>
    [...blocks.keys()].some(block => path.dirname(block) === name) || directoryExists.call(host, name)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = name => blocks.has(name) || fileExists.call(host, name)
  host.readFile = name => blocks.get(name)?.code ?? readFile.call(host, name)
  host.getSourceFile = (name, target, ...rest) =>
    blocks.has(name)
      ? ts.createSourceFile(name, blocks.get(name).code, target)
      : getSourceFile.call(host, name, target, ...rest)
  const program = ts.createProgram([...blocks.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ')
    const block = file && blocks.get(file.fileName)
    if (!block) return { file: file?.fileName ?? 'tsconfig', line: 1, message }
    return {
      file: block.file,
      line: block.line + file.getLineAndCharacterOfPosition(start).line,
      message: `does not compile: ${message}`,
    }
  })
}
