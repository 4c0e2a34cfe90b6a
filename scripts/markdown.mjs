/** Checks the prose: links lead somewhere, files that are named exist, the room table is true, TypeScript blocks compile. */
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
])

/** All Markdown files of the project, relative to `root`. */
export function markdownFiles(root, folder = '') {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const name = path.posix.join(folder, entry.name)
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : markdownFiles(root, name)
    return entry.name.endsWith('.md') ? [name] : []
  })
}

/** @returns {{ file: string, line: number, message: string }[]} one entry for each link that leads nowhere */
export function checkLinks(root) {
  const broken = []
  for (const file of markdownFiles(root)) {
    for (const { line, text } of proseLines(readFileSync(path.join(root, file), 'utf8'))) {
      for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/i.test(target)) continue
        const [to, anchor] = target.split('#')
        const absolute = path.join(root, to === '' ? file : path.join(path.dirname(file), to))
        if (!existsSync(absolute)) broken.push({ file, line, message: `links to ${to}, which does not exist` })
        else if (anchor && absolute.endsWith('.md') && !anchorsOf(readFileSync(absolute, 'utf8')).has(anchor)) {
          broken.push({
            file,
            line,
            message: `links to #${anchor}, which is no heading of ${path.relative(root, absolute)}`,
          })
        }
      }
    }
  }
  return broken
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
 * The ```ts blocks of a file: `{ line, name, code }`, where `line` is that of the first line of code. A block that others of
 * the same file import from has its file name behind `ts`.
 */
export function codeBlocks(text) {
  return [...text.matchAll(/^```ts(?: (\S+\.ts))?\n(.*?)^```/gms)].map(({ index, 1: name, 2: code }) => ({
    line: text.slice(0, index).split('\n').length + 1,
    name,
    code,
  }))
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
