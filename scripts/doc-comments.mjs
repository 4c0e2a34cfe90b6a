/** Finds public things without a doc comment, and functions that throw an error of ours without saying so. */
import path from 'node:path'
import ts from 'typescript'

/** The modules that users import. */
export const ENTRIES = [
  'lib/index.ts',
  'lib/azure/index.ts',
  'lib/electron/index.ts',
  'lib/emulator/index.ts',
  'lib/redis/index.ts',
]
/** What other packages' own types say, written out: who reads them reads that package's documentation. */
const FOREIGN = ['lib/azure/types.ts', 'lib/electron/types.ts']
const ERROR_CLASSES = new Set(['AuthError', 'ClientError', 'ServiceError', 'InteractionRequiredError', 'WebUiError'])

/** @returns {{ file: string, line: number, message: string }[]} one entry for each missing comment */
export function checkDocComments(root) {
  const config = ts.getParsedCommandLineOfConfigFile(
    path.join(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} },
  )
  const program = ts.createProgram(config.fileNames, config.options)
  const checker = program.getTypeChecker()
  const found = new Map()
  const report = (node, message) => {
    const source = node.getSourceFile()
    const file = path.relative(root, source.fileName)
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    found.set(`${file}:${line}:${message}`, { file, line, message })
  }
  for (const entry of ENTRIES) {
    const source = program.getSourceFile(path.join(root, entry))
    const module = source && checker.getSymbolAtLocation(source)
    for (const symbol of module ? checker.getExportsOfModule(module) : []) checkExport(symbol, checker, report)
  }
  for (const source of program.getSourceFiles()) {
    if (!source.isDeclarationFile) checkThrows(source, checker, report)
  }
  return [...found.values()]
}

function checkExport(exported, checker, report) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declarations = symbol.declarations ?? []
  if (declarations.length > 0 && symbol.getDocumentationComment(checker).length === 0) {
    report(declarations[0], `${symbol.name} is public and has no doc comment`)
  }
  for (const declaration of declarations) {
    const isForeign = FOREIGN.some(file => declaration.getSourceFile().fileName.endsWith(`/${file}`))
    for (const member of membersOf(declaration)) {
      const isMethod = ts.isMethodDeclaration(member) || ts.isMethodSignature(member)
      if (!isMethod && (!isField(member) || isForeign)) continue
      if (!isPublic(member) || hasModifier(member, ts.SyntaxKind.OverrideKeyword) || isFromElsewhere(member)) continue
      const named = checker.getSymbolAtLocation(member.name)
      if (!named || named.getDocumentationComment(checker).length === 0) {
        report(member, `${symbol.name}.${member.name.getText()} is public and has no doc comment`)
      }
    }
  }
}

/** The members that a declaration writes out itself: of a class or an interface, of a type as an object, of a constant that is one. */
function membersOf(declaration) {
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) return declaration.members
  if (ts.isTypeAliasDeclaration(declaration)) return writtenOut(declaration.type)
  return ts.isVariableDeclaration(declaration) && declaration.initializer ? writtenOut(declaration.initializer) : []
}

function writtenOut(node) {
  if (ts.isTypeLiteralNode(node)) return node.members
  if (ts.isObjectLiteralExpression(node)) return node.properties
  if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) return node.types.flatMap(writtenOut)
  const isWrapped = ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedTypeNode(node)
  return isWrapped ? writtenOut(node.expression ?? node.type) : []
}

// A field of one literal type tells the members of a union apart: those carry the comment.
const isField = member =>
  (ts.isPropertySignature(member) && !(member.type && ts.isLiteralTypeNode(member.type))) ||
  ts.isPropertyDeclaration(member) ||
  ts.isPropertyAssignment(member) ||
  ts.isShorthandPropertyAssignment(member) ||
  ts.isAccessor(member)

const hasModifier = (node, kind) =>
  (ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined)?.some(m => m.kind === kind) ?? false

const isPublic = member =>
  !ts.isPrivateIdentifier(member.name) &&
  !hasModifier(member, ts.SyntaxKind.PrivateKeyword) &&
  !hasModifier(member, ts.SyntaxKind.ProtectedKeyword) &&
  !ts.getJSDocTags(member).some(tag => tag.tagName.text === 'internal')

// [Symbol.asyncDispose] and its like are documented by the language.
const isFromElsewhere = member => ts.isComputedPropertyName(member.name)

function checkThrows(source, checker, report) {
  const visit = node => {
    for (const [body, documented, name] of exportedBodies(node)) {
      const tags = ts.getJSDocTags(documented).filter(tag => ['throws', 'exception'].includes(tag.tagName.text))
      const said = tags.map(tag => tag.getText()).join('\n')
      for (const { node: thrown, className, codes } of throwsIn(body, checker)) {
        const unsaid = codes.filter(code => !new RegExp(`(?<![\\w])${code}(?![\\w])`).test(said))
        if (tags.length === 0) report(thrown, `${name} throws a ${className} and its doc comment has no @throws`)
        else if (unsaid.length > 0) report(thrown, `${name} throws ${unsaid.join(', ')}, which no @throws of it names`)
      }
    }
  }
  source.statements.forEach(visit)
}

/** The bodies that a statement exports: `[body, what carries the doc comment, name]`. */
function exportedBodies(statement) {
  if (!hasModifier(statement, ts.SyntaxKind.ExportKeyword)) return []
  if (ts.isFunctionDeclaration(statement))
    return statement.body ? [[statement.body, statement, statement.name?.text]] : []
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations
      .filter(
        ({ initializer }) => initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)),
      )
      .map(declaration => [declaration.initializer.body, declaration, declaration.name.getText()])
  }
  if (!ts.isClassDeclaration(statement)) return []
  return statement.members
    .filter(
      member =>
        (ts.isMethodDeclaration(member) || ts.isAccessor(member) || ts.isConstructorDeclaration(member)) && member.body,
    )
    .filter(member => ts.isConstructorDeclaration(member) || isPublic(member))
    .map(member => [member.body, member, `${statement.name?.text}.${member.name?.getText() ?? 'constructor'}`])
}

/**
 * The errors of ours that a body throws or rejects with itself, functions inside it left out: `{ node, className, codes }`. A
 * code is known where the error is made on the spot; one that a function makes is known by its class.
 */
function throwsIn(body, checker) {
  const thrown = []
  const visit = node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return
    const made = ts.isThrowStatement(node) ? node.expression : isRejection(node) ? node.arguments[0] : undefined
    const className = made && classOf(made, checker)
    if (className !== undefined) thrown.push({ node, className, codes: codesOf(made, className) })
    ts.forEachChild(node, visit)
  }
  visit(body)
  return thrown
}

const isRejection = node =>
  ts.isCallExpression(node) && node.expression.getText() === 'Promise.reject' && node.arguments.length > 0

/** The class of ours that something is made of: what is only passed on, as in `throw error`, was made elsewhere. */
function classOf(made, checker) {
  if (ts.isNewExpression(made)) return [made.expression.getText()].find(name => ERROR_CLASSES.has(name))
  if (!ts.isCallExpression(made)) return undefined
  const type = checker.getTypeAtLocation(made)
  return (type.isUnion() ? type.types : [type])
    .map(({ symbol }) => symbol?.name)
    .find(name => name !== undefined && ERROR_CLASSES.has(name))
}

function codesOf(made, className) {
  const code = ts.isNewExpression(made) && className !== 'WebUiError' ? made.arguments?.[0] : undefined
  return code && ts.isStringLiteralLike(code) ? [code.text] : []
}
