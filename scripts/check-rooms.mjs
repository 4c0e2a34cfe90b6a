/** Reports every file that breaks a rule of the house: wrong imports, cycles, length, missing purpose, leftovers, mocks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { findCycles } from './find-cycles.mjs'
import { MAX_LINES, MAY_IMPORT, NAPI_FILES, ONLY_THROUGH, PACKAGE_OWNERS } from './rooms.mjs'

const FOLDERS = ['lib', 'test', 'scripts', 'native', 'bench', 'examples']
// What tools put there and what is data rather than code.
const NOT_OURS = new Set(['node_modules', 'peers', 'fixtures', 'bin', 'obj'])
const CODE = /\.(?:[cm]?[jt]s|cc|cpp|h|cs|py|sh)$/
const SCRIPT = /\.[cm]?[jt]s$/
const MOCKING_PACKAGES = /^(?:sinon|proxyquire|esmock|testdouble|quibble|jest|vitest|mock-fs|nock)(?:\/|$)/
const SPIES = new Set(['module', 'method', 'fn', 'getter', 'setter'])

/** Checks the tree under `root`. Resolves with the number of files and one entry for each broken rule. */
export function checkRooms(root) {
  const files = FOLDERS.flatMap(folder => walk(root, folder))
  const broken = []
  const graph = new Map()
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8')
    const report = (line, message) => broken.push({ file, line, message })
    checkText(file, text, report)
    if (file.startsWith('native/')) checkNative(file, text, report)
    if (!SCRIPT.test(file)) continue
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const lineOf = node => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    if (file.startsWith('lib/')) graph.set(file, checkImports(root, file, source, lineOf, report))
    if (file.startsWith('test/')) checkTest(source, lineOf, report)
    if (file === 'lib/index.ts') checkIndex(source, lineOf, report)
  }
  for (const { file, line, trail } of findCycles(graph)) {
    broken.push({ file, line, message: `cycle: ${trail.join(' → ')}; move what both need into a file below them` })
  }
  return { files: files.length, broken }
}

function walk(root, folder) {
  const absolute = path.join(root, folder)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { withFileTypes: true }).flatMap(entry => {
    const name = `${folder}/${entry.name}`
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walk(root, name)
    return CODE.test(entry.name) ? [name] : []
  })
}

function checkText(file, text, report) {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (lines.length > MAX_LINES) {
    report(MAX_LINES + 1, `${lines.length} lines, at most ${MAX_LINES} are allowed; split it by noun or verb`)
  }
  lines.forEach((line, index) => {
    // Spelled so that this line does not find itself.
    const leftover = /\b(?:TO[D]O|FIX[M]E)\b/.exec(line)
    if (leftover) report(index + 1, `${leftover[0]}: do it now, or say in a sentence why it is left out`)
  })
  const opening = /^(?:#!.*\n)?\/\*\*(.*?)\*\//s.exec(text)?.[1] ?? ''
  if (/^(?:(?:lib|test)\/.*\.ts|examples\/.*\.c?js)$/.test(file) && !/[.!?)]\s*$/.test(opening)) {
    report(1, 'does not open with a /** sentence. */ saying what the file is for')
  }
}

function checkNative(file, text, report) {
  if (NAPI_FILES.some(name => file === name || (name.endsWith('/') && file.startsWith(name)))) return
  text.split('\n').forEach((line, index) => {
    // Also by way of a header that includes it.
    const header = /^\s*#\s*include\s*[<"](napi\.h|\S*promise_worker\.h|\S*bindings\.h)[>"]/.exec(line)?.[1]
    if (header === undefined) return
    report(index + 1, `includes ${header}; only ${NAPI_FILES.join(' and ')} may, so return a Result<T> instead`)
  })
}

/** Every place a module names another one: `{ node, specifier, lazy }`; specifier is undefined when it is not a literal. */
function importsOf(source) {
  const found = []
  const visit = node => {
    const add = (argument, lazy) =>
      found.push({ node, specifier: argument && ts.isStringLiteralLike(argument) ? argument.text : undefined, lazy })
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      add(node.moduleSpecifier, false)
    } else if (ts.isExternalModuleReference(node)) add(node.expression, false)
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, false)
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node.arguments[0], true)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

// import(…), require(…), require.resolve(…) and createRequire(…)(…).
function isLoader(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true
  if (ts.isCallExpression(callee)) return callee.expression.getText() === 'createRequire'
  const name = ts.isPropertyAccessExpression(callee) && callee.name.text === 'resolve' ? callee.expression : callee
  return ts.isIdentifier(name) && name.text === 'require'
}

/** Checks what one file of lib imports and returns the files it needs before it can start: `{ to, line }`. */
function checkImports(root, file, source, lineOf, report) {
  const needs = []
  for (const { node, specifier, lazy } of importsOf(source)) {
    const line = lineOf(node)
    if (specifier === undefined)
      report(line, 'imports something computed; name it in a literal so that it can be checked')
    else if (specifier.startsWith('.')) {
      const to = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      if (!existsSync(path.join(root, to))) report(line, `imports ${to}, which does not exist`)
      else {
        checkRoom(file, to, message => report(line, message))
        if (!lazy) needs.push({ to, line })
      }
    } else if (specifier.startsWith('#') || /^latchkey(?:\/|$)/.test(specifier)) {
      report(line, `imports ${specifier}; inside lib use the relative path`)
    } else if (!isBuiltin(specifier)) checkPackage(file, specifier, message => report(line, message))
  }
  return needs
}

const roomOf = file => file.split('/')[1].replace(/\.ts$/, '')

function checkRoom(file, to, report) {
  const [from, target] = [roomOf(file), roomOf(to)]
  if (!to.startsWith('lib/')) return report(`imports ${to}, which is outside lib`)
  if (!(from in MAY_IMPORT))
    return report(`the room ${from} is not in scripts/rooms.mjs; add it there and to ARCHITECTURE.md`)
  if (from === target) return
  if (!MAY_IMPORT[from].includes(target)) {
    const allowed = MAY_IMPORT[from].join(', ') || 'no other room'
    return report(`${from} may not import ${target} (${to}); it may import ${allowed}`)
  }
  const rule = ONLY_THROUGH.find(candidate => candidate.from === from && candidate.to === target)
  if (rule && rule.door !== to) report(`${from} may import ${target} only through ${rule.door}, not ${to}`)
  else if (rule && rule.visitor !== file) report(`${from} may import ${target} only in ${rule.visitor}, not in ${file}`)
}

function checkPackage(file, specifier, report) {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const owners = PACKAGE_OWNERS[name]
  if (!owners) return report(`imports the package ${name}, which no room owns; see PACKAGE_OWNERS in scripts/rooms.mjs`)
  if (!owners.some(owner => file === owner || (owner.endsWith('/') && file.startsWith(owner)))) {
    report(`imports ${name}; only ${owners.join(' and ')} may`)
  }
}

function checkIndex(source, lineOf, report) {
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement))
      report(lineOf(statement), 'index.ts only re-exports; put the code into a room')
  }
}

function checkTest(source, lineOf, report) {
  for (const { node, specifier } of importsOf(source)) {
    if (specifier && MOCKING_PACKAGES.test(specifier))
      report(lineOf(node), `imports ${specifier}; talk to the emulator instead`)
  }
  const visit = node => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression
      if (['skip', 'only', 'todo'].includes(name.text)) {
        report(
          lineOf(node),
          `.${name.text}( leaves tests out; where a machine lacks something, give { skip: 'what it lacks' }`,
        )
      }
      const owner = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText(source)
      if (owner === 'mock' && SPIES.has(name.text)) {
        report(lineOf(node), `mock.${name.text}( replaces real code; hand a fake in through an interface instead`)
      }
    }
    if (
      ts.isPropertyAssignment(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer.kind === ts.SyntaxKind.TrueKeyword
    ) {
      if (['skip', 'only', 'todo'].includes(node.name.text))
        report(lineOf(node), `${node.name.text}: true gives no reason`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, broken } = checkRooms(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)))
  for (const { file, line, message } of broken) console.error(`${file}:${line}: ${message}`)
  console.log(`${files} files, ${broken.length} broken rules`)
  process.exitCode = broken.length > 0 ? 1 : 0
}
